// Where data comes from and how old it is; stands beside every answer.
import type { Clock } from "../host/clock.ts";
import type { Answer } from "./http/open-client.ts";

export interface Origin {
  readonly status: "ok";
  readonly source: string;
  readonly unofficial: boolean;
  readonly addresses: string[];
  readonly retrievedAt: string;
  readonly ageSeconds: number;
}

/** Of the oldest of the answers, at least one. */
export function originOf(source: string, answers: readonly Answer[], clock: Clock, unofficial = false): Origin {
  const nowMs = clock.nowMs();
  const ages = answers.map(
    ({ retrievedAtMs, cachedSeconds }) => Math.max(0, nowMs - retrievedAtMs) / 1_000 + cachedSeconds,
  );
  return {
    status: "ok",
    source,
    unofficial,
    addresses: answers.map(({ address }) => address),
    retrievedAt: new Date(Math.min(...answers.map(({ retrievedAtMs }) => retrievedAtMs))).toISOString(),
    ageSeconds: Math.max(...ages),
  };
}
