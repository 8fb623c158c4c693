// One GET on the wire: bounded in time and size, redirects refused because a key could travel with them.
import type { Clock } from "../../host/clock.ts";

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
    return { kind: "silence", reason: stop.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(thrown) };
  } finally {
    cancel();
  }
}

async function readText(response: Response, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return "";
  for await (const chunk of response.body) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `fetch failed` says nothing; its cause has the system's word. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (!(cause instanceof Error)) return "the connection broke";
  if (/redirect/.test(cause.message)) return "it redirects, and redirects are not followed";
  return "code" in cause && typeof cause.code === "string" ? cause.code : "the connection broke";
}
