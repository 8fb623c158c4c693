// How long a sandbox may live: what a request may ask for, and how much of it the longest life leaves.
import { problem, type Answer } from "../answer.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane } from "./context.ts";

/** Seconds, or the answer that refuses them. `least` is the smallest that may be asked for. */
export function parseSeconds(value: unknown, fallback: number, least: 0 | 1): number | Answer {
  const seconds = value ?? fallback;
  if (typeof seconds !== "number" || !Number.isInteger(seconds))
    return problem(400, "Timeout must be an integer number of seconds");
  if (seconds < least) return problem(400, `Timeout must be greater than ${least - 1}`);
  if (seconds > limits.maxLifeSeconds) return problem(400, "Timeout cannot be greater than 24 hours");
  return seconds;
}

/** New end = now + seconds, but no later than the longest life after the start. Null when it is set. */
export function keepAlive(
  plane: ControlPlane,
  sandbox: LocalSandbox,
  { seconds, extendOnly }: { readonly seconds: number; readonly extendOnly: boolean },
): Answer | null {
  const lived = Number(plane.clock.monotonicNs() - sandbox.startedAtNs) / 1e9;
  if (lived > limits.maxLifeSeconds) return problem(400, "Max instance length exceeded");
  plane.table.setDeadline(sandbox, Math.min(seconds, limits.maxLifeSeconds - lived), extendOnly);
  return null;
}
