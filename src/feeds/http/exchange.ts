// One GET on the wire: bounded in time and size, redirects refused because a key could travel with them.
import type { Clock } from "../../host/clock.ts";
import { brokenBecause, readText } from "../../host/http-answer.ts";

export type Exchange =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Headers; readonly text: string }
  /** Nothing came, it came too late, or it broke off. */
  | { readonly kind: "silence"; readonly reason: string }
  | { readonly kind: "too-long"; readonly bytes: number };

export interface ExchangeOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Never throws but for `signal`, whose reason it passes on. */
export async function exchange({
  url,
  headers,
  timeoutMs,
  maxBytes,
  clock,
  signal,
}: ExchangeOptions): Promise<Exchange> {
  const stop = new AbortController();
  const cancel = clock.after(timeoutMs, () => stop.abort());
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json", ...headers },
      redirect: "error",
      signal: either,
    });
    const text = await readText(response, maxBytes);
    if (text === null) return { kind: "too-long", bytes: maxBytes };
    return { kind: "answer", status: response.status, headers: response.headers, text };
  } catch (thrown) {
    if (signal?.aborted === true) throw signal.reason;
    return {
      kind: "silence",
      reason: stop.signal.aborted ? `no answer within ${timeoutMs} ms` : brokenBecause(thrown),
    };
  } finally {
    cancel();
  }
}
