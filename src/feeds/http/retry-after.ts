// How long to wait before the next attempt: what the server says, otherwise twice as long each time, with some noise.
import type { Random } from "../../host/random.ts";

const firstMs = 250;

/** ms from a Retry-After header, which holds seconds or a date; null when it is absent or says nothing. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : null;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}

/** 250 ms, 500 ms, 1 s …, each times a number from 0.5 to 1.5. `attempt` counts from 1. */
export function backOffMs(attempt: number, random: Random): number {
  return firstMs * 2 ** (attempt - 1) * (0.5 + random.next());
}
