// UTC milliseconds to the day they lie in.
import { invariant } from "../contracts/invariant.ts";

/** YYYY-MM-DD of a bar's time. */
export function isoDate(t: number | undefined): string {
  invariant(t !== undefined && Number.isFinite(t), "the bar exists");
  return new Date(t).toISOString().slice(0, 10);
}
