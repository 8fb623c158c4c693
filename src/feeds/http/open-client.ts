// The one client behind every feed: a deadline over all attempts, a limit on size and on pace, retries only of what may be asked
// again, and faults by kind. Keys stand in headers or in a secret part of the query and are in no address, message or detail.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { withoutSecrets } from "../../host/without-secrets.ts";
import { exchange, type Exchange } from "./exchange.ts";
import { failed, malformed, rateLimited, refused, unreachable } from "./feed-faults.ts";
import { openPace } from "./pace.ts";
import { backOffMs, retryAfterMs } from "./retry-after.ts";

export interface ClientLimits {
  /** One attempt with its body, ms. Default 10,000. */
  readonly attemptMs: number;
  /** All attempts and waits together, ms. Default 30,000. */
  readonly totalMs: number;
  /** Default 3. */
  readonly attempts: number;
  /** Bytes of an answer. Default 8 MiB. */
  readonly maxBytes: number;
  /** Requests in any minute. Default 100. */
  readonly perMinute: number;
}

export interface ClientOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to every query, shown to nobody. */
  readonly secretQuery?: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits?: Partial<ClientLimits>;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Answer {
  /** 2xx, or 400, 404, 422: what was asked for is not there or not understood. The caller tells which. */
  readonly status: number;
  readonly body: unknown;
  /** What was asked, without secrets. */
  readonly address: string;
  readonly retrievedAtMs: number;
  /** Seconds that the answer spent in caches on the way, as its Age header says. */
  readonly cachedSeconds: number;
  /** Server's clock minus ours, ms; null when the answer has no Date. */
  readonly clockAheadMs: number | null;
}

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** An answer at most this old is given again without asking, ms. Default 0. */
  readonly freshMs?: number;
  readonly maxBytes?: number;
}

export interface Client {
  readonly host: string;
  /** Throws `feed.unreachable`, `feed.rate-limited`, `feed.failed`, `feed.malformed`, `auth.refused`, `cancelled`. */
  get(path: string, query?: Query, options?: AskOptions): Promise<Answer>;
}

const standard: ClientLimits = { attemptMs: 10_000, totalMs: 30_000, attempts: 3, maxBytes: 8_388_608, perMinute: 100 };
const keptAnswers = 50;

export function openClient(options: ClientOptions): Client {
  const { clock, headers = {}, secretQuery = {} } = options;
  const limits = { ...standard, ...options.limits };
  const { host } = new URL(options.baseUrl);
  const pace = openPace(host, limits.perMinute, clock);
  const kept = new Map<string, Answer>();
  const secrets = [...Object.values(headers), ...Object.values(secretQuery)];
  return {
    host,
    async get(path, query = {}, { signal, freshMs = 0, maxBytes = limits.maxBytes } = {}) {
      const url = addressOf(options.baseUrl, path, query);
      const address = url.href;
      const known = kept.get(address);
      // A clock that was set back says nothing about an answer's age.
      const ageMs = known === undefined ? NaN : clock.nowMs() - known.retrievedAtMs;
      if (known !== undefined && ageMs >= 0 && ageMs <= freshMs) return known;
      for (const [name, value] of Object.entries(secretQuery)) url.searchParams.set(name, value);
      const call: Call = {
        host,
        url,
        headers,
        limits: { ...limits, maxBytes },
        clock,
        random: options.random,
        secrets,
      };
      const got = await askUntil({ ...call, ...(signal === undefined ? {} : { signal }) }, (withinMs) =>
        pace.take(withinMs, signal),
      );
      const answer: Answer = { ...got, address };
      if (freshMs > 0 && answer.status < 300) keep(kept, address, answer);
      return answer;
    },
  };
}

function addressOf(baseUrl: string, path: string, query: Query): URL {
  const url = new URL(`${baseUrl}${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

function keep(kept: Map<string, Answer>, address: string, answer: Answer): void {
  kept.delete(address);
  kept.set(address, answer);
  const [oldest] = kept.keys();
  if (kept.size > keptAnswers && oldest !== undefined) kept.delete(oldest);
}

interface Call {
  readonly host: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ClientLimits;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal;
}

async function askUntil(call: Call, turn: (withinMs: number) => Promise<void>): Promise<Omit<Answer, "address">> {
  const { clock, limits, random, signal } = call;
  const beganNs = clock.monotonicNs();
  const remaining = (): number => limits.totalMs - Number(clock.monotonicNs() - beganNs) / 1e6;
  for (let attempt = 1; ; attempt += 1) {
    await turn(Math.max(0, remaining()));
    const timeoutMs = Math.max(1, Math.min(limits.attemptMs, remaining()));
    const got = await exchange({ ...call, timeoutMs, maxBytes: limits.maxBytes });
    const verdict = judge(got, call);
    if (verdict.kind === "answer") return verdict.answer;
    const waitMs = verdict.waitMs ?? backOffMs(attempt, random);
    if (!verdict.again || attempt >= limits.attempts || waitMs >= remaining()) throw verdict.fault;
    await clock.sleep(waitMs, signal);
  }
}

type Verdict =
  | { readonly kind: "answer"; readonly answer: Omit<Answer, "address"> }
  | { readonly kind: "fault"; readonly fault: SwarmError; readonly again: boolean; readonly waitMs: number | null };

function judge(got: Exchange, call: Call): Verdict {
  const { host, clock, secrets } = call;
  const fault = (thrown: SwarmError, again: boolean, waitMs: number | null = null): Verdict => {
    return { kind: "fault", fault: thrown, again, waitMs };
  };
  if (got.kind === "silence") return fault(unreachable(host, got.reason), true);
  if (got.kind === "too-long") return fault(malformed(host, `is longer than ${got.bytes} bytes`), false);
  const { status, headers } = got;
  // A refusal is quoted, here or by the caller: it holds no key from here on.
  const text = status < 300 ? got.text : withoutSecrets(got.text, secrets);
  const waitMs = retryAfterMs(headers.get("retry-after"), clock.nowMs());
  if (status === 401 || status === 403) return fault(refused(host, status, text), false);
  if (status === 429) return fault(rateLimited(host, waitMs), true, waitMs);
  if (status >= 500) return fault(failed(host, status, text), true, waitMs);
  const expected = (status >= 200 && status < 300) || [400, 404, 422].includes(status);
  if (!expected) return fault(failed(host, status, text), false);
  const body = parsed(text);
  if (body === undefined && status < 300) return fault(malformed(host, "is no JSON"), false);
  const date = Date.parse(headers.get("date") ?? "");
  const age = Number(headers.get("age") ?? 0);
  const nowMs = clock.nowMs();
  return {
    kind: "answer",
    answer: {
      status,
      body: body ?? null,
      retrievedAtMs: nowMs,
      cachedSeconds: Number.isFinite(age) && age > 0 ? age : 0,
      clockAheadMs: Number.isNaN(date) ? null : date - nowMs,
    },
  };
}

/** undefined for what is no JSON, which has no undefined of its own. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
