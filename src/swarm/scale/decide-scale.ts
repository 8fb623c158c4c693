// How many agents there should be (decision 11): more when they are busy, fewer when they idle, never beyond the target's
// quota, and never twice within the cooldown. Utilisation is a fraction: open tasks over places.

export interface ScalePolicy {
  readonly min: number;
  /** The quota of the target: a hard limit. */
  readonly max: number;
  /** At or above this utilisation more are started. */
  readonly upAt: number;
  /** At or below this one some are drained. */
  readonly downAt: number;
  readonly cooldownMs: number;
  /** Growth is rounded up, shrinking down. */
  readonly upFactor: number;
  readonly downFactor: number;
}

/** Decision 11; the factors are those of the predecessor's policy (system §5.7). */
export const defaultScale: ScalePolicy = {
  min: 1,
  max: 20,
  upAt: 0.8,
  downAt: 0.4,
  cooldownMs: 60_000,
  upFactor: 1.5,
  downFactor: 0.7,
};

export interface ScaleView {
  /** Agents wanted until now. */
  readonly wanted: number;
  readonly utilisation: number;
  readonly nowMs: number;
  /** When the number was last changed; null = never. */
  readonly changedMs: number | null;
}

/** The number of agents wanted from now on. */
export function decideScale(policy: ScalePolicy, view: ScaleView): number {
  const { wanted, utilisation, nowMs, changedMs } = view;
  if (changedMs !== null && nowMs - changedMs < policy.cooldownMs) return wanted;
  if (utilisation >= policy.upAt) return clamp(policy, Math.ceil(wanted * policy.upFactor));
  if (utilisation <= policy.downAt) return clamp(policy, Math.floor(wanted * policy.downFactor));
  return wanted;
}

function clamp({ min, max }: ScalePolicy, count: number): number {
  return Math.min(max, Math.max(min, count));
}
