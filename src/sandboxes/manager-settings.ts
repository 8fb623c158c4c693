// What of the manager can be switched, each by itself. The defaults follow the measurement in decision 0051; where nothing
// was gained, off is the default.

export interface ManagerSettings {
  /** Sandboxes given back are reset and kept for the next lease of the same variant. */
  readonly pool: PoolSettings;
  /** A leased sandbox of this process that nobody used for so long is ended, seconds; 0 = only its own life ends it. */
  readonly idleSeconds: number;
  /** Questions asked while one is under way go out together as one call. */
  readonly batch: boolean;
  /** A template's variant is looked up once, not for each create. */
  readonly templateCache: boolean;
  readonly retries: RetrySettings;
  readonly breaker: BreakerSettings;
  readonly rate: RateSettings;
}

export interface PoolSettings {
  /** Most idle sandboxes of one variant; 0 = no pool. */
  readonly size: number;
  /** Sandboxes of the variants in use that are made ahead of demand; never above `size`. */
  readonly warm: number;
  /** An idle one is ended after so many seconds. */
  readonly idleSeconds: number;
  /** How long the target keeps an idle one when this process is gone, seconds; renewed while it lives. */
  readonly leashSeconds: number;
}

export interface RetrySettings {
  /** Times a question, or an end, is asked again after a fault that permits it. */
  readonly asks: number;
  /** Times a create is tried again; one whose answer was lost is looked for first. */
  readonly creates: number;
}

export interface BreakerSettings {
  /** Failures in a row after which nothing is sent; 0 = never. */
  readonly failures: number;
  /** How long nothing is sent before one call may try, seconds; doubled each time the try fails, up to a minute. */
  readonly openSeconds: number;
}

export interface RateSettings {
  /** Requests a second, and creates a second; 0 = not limited here. */
  readonly requests: number;
  readonly creates: number;
}

/**
 * E2B documents 20,000 lifecycle calls in 30 s for every plan; the pace of creates depends on the plan (1 or 5 a second), which
 * a key does not tell, so it is not limited unless asked for.
 */
export const managerDefaults: ManagerSettings = {
  pool: { size: 0, warm: 0, idleSeconds: 1_800, leashSeconds: 120 },
  idleSeconds: 1_800,
  batch: true,
  templateCache: true,
  retries: { asks: 2, creates: 0 },
  breaker: { failures: 5, openSeconds: 5 },
  rate: { requests: 600, creates: 0 },
};

/** Everything switched off: each call goes out by itself, at once and one time. */
export const managerOff: ManagerSettings = {
  pool: { ...managerDefaults.pool, size: 0, warm: 0 },
  idleSeconds: 0,
  batch: false,
  templateCache: false,
  retries: { asks: 0, creates: 0 },
  breaker: { ...managerDefaults.breaker, failures: 0 },
  rate: { requests: 0, creates: 0 },
};
