import { expect, test } from "vitest";
import { realClock, simulatedClock, type Clock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { bodyOf } from "../../../src/feeds/read-answer.ts";
import { openClient, type ClientOptions } from "../../../src/feeds/http/open-client.ts";
import { openPace } from "../../../src/feeds/http/pace.ts";
import { backOffMs, retryAfterMs } from "../../../src/feeds/http/retry-after.ts";
import { openSource, type Source } from "../source.ts";

const random = seededRandom(1);
const client = ({ url }: Pick<Source, "url">, options: Partial<ClientOptions> = {}) =>
  openClient({ baseUrl: `${url}/v1`, clock: realClock, random, ...options });

test("an answer comes with its address, its time and its age in caches; keys are in neither address", async () => {
  const source = await openSource();
  source.on("/v1/thing", {
    body: { a: 1 },
    headers: { age: "7", date: new Date(Date.now() + 3_600_000).toUTCString() },
  });
  const before = Date.now();
  const options = { headers: { "x-key": "secret-1" }, secretQuery: { apiKey: "secret-2" } };
  const answer = await client(source, options).get("/thing", { q: "a b", none: undefined });
  expect(answer).toMatchObject({
    status: 200,
    body: { a: 1 },
    address: `${source.url}/v1/thing?q=a+b`,
    cachedSeconds: 7,
  });
  expect(answer.retrievedAtMs).toBeGreaterThanOrEqual(before);
  expect(Math.abs((answer.clockAheadMs ?? 0) - 3_600_000)).toBeLessThan(5_000);
  expect(source.asked.map(({ headers, query }) => [headers["x-key"], query.get("apiKey"), query.get("q")])).toEqual([
    ["secret-1", "secret-2", "a b"],
  ]);
});

test("what is not there is an answer for the caller to judge", async () => {
  const source = await openSource();
  expect(await client(source).get("/nothing")).toMatchObject({ status: 404, body: { message: "not found" } });
  expect(source.asked).toHaveLength(1);
});

test.each([401, 403])("%i is a refused key, asked once, and the key is not told on", async (status) => {
  const source = await openSource();
  source.on("/v1/a", { status, body: { message: "bad key secret-2" } });
  const refused = client(source, { secretQuery: { apiKey: "secret-2" } }).get("/a");
  await expect(refused).rejects.toMatchObject({ code: "auth.refused", details: { status } });
  await expect(refused).rejects.toThrow(`refused the key or the plan (${status}): bad key [redacted]`);
  expect(source.asked).toHaveLength(1);
});

test("a key that a source echoes, in clear, in an address or in its own JSON, is in no refusal", async () => {
  const source = await openSource();
  const [key, header] = ["s3cr3t/+key", 'h34d3r&"key'];
  const asked = client(source, { headers: { "x-key": header }, secretQuery: { apiKey: key } });
  const echo = {
    key,
    header,
    list: [`at ?apiKey=${encodeURIComponent(key)}`, new URLSearchParams({ key }).toString()],
  };
  const clean = { key: "[redacted]", header: "[redacted]", list: ["at ?apiKey=[redacted]", "key=[redacted]"] };
  for (const status of [400, 404, 422]) {
    source.on("/v1/a", { status, body: echo });
    const answer = await asked.get("/a");
    expect(answer).toMatchObject({ status, body: clean });
    const refusal = (): unknown => bodyOf(asked, answer);
    expect(refusal).toThrow(`answered with status ${status}: ${JSON.stringify(clean)}`);
  }
  // As PHP writes it.
  source.on("/v1/raw", { status: 404, text: `{"message":"no key s3cr3t\\/+key"}` });
  expect(await asked.get("/raw")).toMatchObject({ body: { message: "no key [redacted]" } });
  source.on("/v1/plain", { status: 403, text: `no key ${key}` });
  await expect(asked.get("/plain")).rejects.toThrow("refused the key or the plan (403): no key [redacted]");
});

test("429 is asked again after the time it names", async () => {
  const source = await openSource();
  source.on("/v1/a", { status: 429, body: {}, headers: { "retry-after": "1" } }, { body: "now" });
  expect(await client(source).get("/a")).toMatchObject({ body: "now" });
  const [first, second] = source.asked.map(({ atMs }) => atMs);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
});

test("429 with a time beyond the deadline is said at once", async () => {
  const source = await openSource();
  source.on("/v1/a", { status: 429, body: {}, headers: { "retry-after": "120" } });
  await expect(client(source).get("/a")).rejects.toMatchObject({
    code: "feed.rate-limited",
    hint: "Ask again in 120 s",
    details: { retryAfterSeconds: 120 },
  });
  expect(source.asked).toHaveLength(1);
});

test("5xx is tried again, three times at most", async () => {
  const source = await openSource();
  source.on("/v1/heals", { status: 503, body: {} }, { status: 500, body: {} }, { body: 1 });
  source.on("/v1/stays", { status: 502, body: { message: "upstream is down" } });
  expect(await client(source).get("/heals")).toMatchObject({ body: 1 });
  source.asked.length = 0;
  const failed = client(source).get("/stays");
  await expect(failed).rejects.toMatchObject({ code: "feed.failed" });
  await expect(failed).rejects.toThrow("answered with status 502: upstream is down");
  expect(source.asked).toHaveLength(3);
});

test("slow, cut, garbled and huge answers each have their fault", async () => {
  const source = await openSource();
  for (const name of ["hang", "cut", "garbled"] as const) source.on(`/v1/${name}`, name);
  source.on("/v1/huge", { bytes: 100_000 });
  const times = (name: string): number => source.asked.filter(({ path }) => path === `/v1/${name}`).length;
  // Only what shall never answer is given up soon, and not before the source has it; the others have the time they need.
  const limits = { totalMs: 60_000, attempts: 2, maxBytes: 50_000 };
  const after: Clock["after"] = (ms, call) => {
    const before = times("hang");
    const ends = realClock.monotonicNs() + BigInt(ms * 1e6);
    return realClock.every(5, () => times("hang") > before && realClock.monotonicNs() >= ends && call());
  };
  const hasty = client(source, { clock: { ...realClock, after }, limits: { ...limits, attemptMs: 80 } });
  const asked = client(source, { limits: { ...limits, attemptMs: 20_000 } });
  const { host } = asked;
  const get = async (path: string) => asked.get(path);
  await expect(hasty.get("/hang")).rejects.toThrow(`[feed.unreachable] Cannot reach ${host}: no answer within 80 ms`);
  await expect(get("/cut")).rejects.toMatchObject({ code: "feed.unreachable", details: { host } });
  await expect(get("/garbled")).rejects.toThrow(`[feed.malformed] The answer of ${host} is no JSON`);
  await expect(get("/huge")).rejects.toThrow(`[feed.malformed] The answer of ${host} is longer than 50000 bytes`);
  expect(["hang", "cut", "garbled", "huge"].map((name) => times(name))).toEqual([2, 2, 1, 1]);
});

test("a redirect is not followed, because keys would travel with it", async () => {
  const [source, thief] = [await openSource(), await openSource()];
  source.on("/v1/a", { status: 302, body: {}, headers: { location: `${thief.url}/v1/a` } });
  await expect(client(source, { limits: { attempts: 1 } }).get("/a")).rejects.toThrow("redirects are not followed");
  expect(thief.asked).toEqual([]);
});

test("no network names the host that was not reached", async () => {
  // The port is held by a source of another loopback address, so nobody else can come to listen there.
  const { url } = await openSource();
  const nobody = client({ url: url.replace("127.0.0.1", "127.0.0.2") }, { limits: { attempts: 1 } });
  const { host } = nobody;
  const details = { host, reason: "ECONNREFUSED" };
  await expect(nobody.get("/a")).rejects.toMatchObject({ code: "feed.unreachable", details });
});

test("a caller that hangs up ends the request and the waits", async () => {
  const source = await openSource();
  source.on("/v1/hang", "hang");
  source.on("/v1/later", { status: 429, body: {}, headers: { "retry-after": "20" } });
  for (const path of ["/hang", "/later"]) {
    const stop = new AbortController();
    const asking = client(source).get(path, {}, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 50);
    await expect(asking).rejects.toThrow("enough");
  }
});

test("a fresh answer is given again without asking; a stale one is not, nor one from before the clock was set back", async () => {
  const source = await openSource();
  source.on("/v1/a", { body: 1 }, { body: 2 }, { body: 3 });
  const clock = { ...realClock, nowMs: () => now };
  let now = 1_000_000;
  const asked = client(source, { clock });
  const bodies: unknown[] = [];
  for (const step of [0, 900, 200, -500]) {
    now += step;
    bodies.push((await asked.get("/a", {}, { freshMs: 1_000 })).body);
  }
  expect(bodies).toEqual([1, 1, 2, 3]);
});

test("the own limit lets so many through in a minute, makes the next wait, and refuses what would wait too long", async () => {
  const clock = simulatedClock();
  const pace = openPace("feed.test", 2, clock);
  await pace.take(0);
  await clock.advance(10_000);
  await pace.take(0);
  await expect(pace.take(49_999)).rejects.toMatchObject({
    code: "feed.rate-limited",
    details: { host: "feed.test", retryAfterSeconds: 50 },
  });
  let done = false;
  const third = pace.take(50_000).then(() => (done = true));
  await clock.advance(49_999);
  expect(done).toBe(false);
  await clock.advance(1);
  await third;
  // The window now holds the second and the third.
  await expect(pace.take(9_999)).rejects.toMatchObject({ details: { retryAfterSeconds: 10 } });
});

test("Retry-After is read as seconds or as a date", () => {
  const now = Date.parse("2026-01-02T03:04:05Z");
  const headers = ["3", "0", "Fri, 02 Jan 2026 03:04:35 GMT", "Fri, 02 Jan 2026 03:00:00 GMT", "-1", "soon", "", null];
  expect(headers.map((header) => retryAfterMs(header, now))).toEqual([3_000, 0, 30_000, 0, null, null, null, null]);
  expect([1, 2, 3].map((attempt) => backOffMs(attempt, { ...random, next: () => 0.5 }))).toEqual([250, 500, 1_000]);
});
