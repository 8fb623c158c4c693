// Bounds of the fault plane: it may break calls, never the server.

export const faultLimits = {
  /** Records kept; the oldest that are over make room, and a plan beyond that is refused. */
  records: 200,
  /** Hits kept of one record; later ones are counted only. */
  hitsPerRecord: 50,
  /** A plan is over by then unless it says otherwise. */
  expiresAfterMs: 600_000,
  /** A hanging call breaks off by then unless its plan says otherwise. */
  hangMs: 60_000,
  /** One admin request. */
  planBytes: 16_384,
  /** Sentinels of one create. */
  sentinels: 10,
  /** Pulse of a slowed sandbox. */
  frozenMs: 90,
  runningMs: 10,
  /** How long a filled disk stays full unless the plan says otherwise. */
  fillMs: 60_000,
} as const;

/** Routes of this product beside the E2B API; nothing of E2B begins with it. */
export const ownPrefix = "/e2b-swarm/";
export const faultsPath = "/e2b-swarm/faults";
/** Carries the admin token. A page in a browser cannot set it without asking first, and is never answered. */
export const adminHeader = "x-e2b-swarm-admin";
/** Metadata of a create whose name is this, or begins with this and a dot. */
export const sentinelKey = "e2b-swarm.fault";
