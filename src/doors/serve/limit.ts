// So many a minute for each client, as a bucket that fills evenly. The clients remembered are bounded; when there is no room for
// another, whoever is not known is refused.
import type { Clock } from "../../host/clock.ts";

export interface Limit {
  /** `over`: the first refusal since it was last allowed; `again`: the ones after it. */
  take(client: string): "ok" | "over" | "again";
}

const mostClients = 10_000;
const minuteMs = 60_000;

export function openLimit(clock: Clock, perMinute: number): Limit {
  const buckets = new Map<string, { left: number; atNs: bigint; isOver: boolean }>();
  const fill = (bucket: { left: number; atNs: bigint }, nowNs: bigint): void => {
    bucket.left = Math.min(perMinute, bucket.left + (Number(nowNs - bucket.atNs) / 1e6 / minuteMs) * perMinute);
    bucket.atNs = nowNs;
  };
  const forget = (nowNs: bigint): void => {
    for (const [client, bucket] of buckets) {
      fill(bucket, nowNs);
      if (bucket.left >= perMinute) buckets.delete(client);
    }
  };
  return {
    take(client) {
      const nowNs = clock.monotonicNs();
      if (!buckets.has(client) && buckets.size >= mostClients) forget(nowNs);
      if (!buckets.has(client) && buckets.size >= mostClients) return "again";
      const bucket = buckets.get(client) ?? { left: perMinute, atNs: nowNs, isOver: false };
      buckets.set(client, bucket);
      fill(bucket, nowNs);
      if (bucket.left < 1) {
        const verdict = bucket.isOver ? "again" : "over";
        bucket.isOver = true;
        return verdict;
      }
      bucket.left -= 1;
      bucket.isOver = false;
      return "ok";
    },
  };
}
