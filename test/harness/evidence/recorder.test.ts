// The recorder refuses what has no place in evidence, the witness decides provenance from what was really sent.
import { createServer, type Server } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetch as undiciFetch, MockAgent } from "undici";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addressClass, endpointProblem } from "../../../harness/evidence/endpoint.ts";
import { findInterference } from "../../../harness/evidence/interference.ts";
import { observedText } from "../../../harness/evidence/observed-text.ts";
import { joinRun, registerPlan } from "../../../harness/evidence/plan.ts";
import { openEvents, openObservations, openSamples, type RunContext } from "../../../harness/evidence/recorder.ts";
import { recordWitness } from "../../../harness/evidence/record-witness.ts";
import { findSecret } from "../../../harness/evidence/secrets.ts";
import { openSigner } from "../../../harness/evidence/sign.ts";
import { childSighting, openWitness } from "../../../harness/evidence/witness.ts";
import { realClock } from "../../../src/host/clock.ts";
import { goldenPlan } from "../golden-bundle.ts";

let folder: string;
let context: RunContext;
let server: Server;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "recorder-"));
  context = registerPlan(join(folder, "evidence"), goldenPlan(), null);
  server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

// Shapes only: assembled here so that no file of ours holds one.
const secrets = {
  "an E2B key": `e2b_${"0".repeat(40)}`,
  "a bearer token": `Authorization: Bearer ${"a".repeat(30)}`,
  "an AWS access key": `AKIA${"A".repeat(16)}`,
  "a GitHub token": `ghp_${"a".repeat(36)}`,
  "a private key": ["-----BEGIN", "PRIVATE", "KEY-----"].join(" "),
};

describe("the recorder", () => {
  test("writes canonical lines at once and numbers them", () => {
    const samples = openSamples(context, "bench-0", "bench.create");
    samples.record({ sch: 0, st: 5, dur: 7, out: "ok", cl: "sbx-0" }, null);
    samples.record({ sch: 9, st: 9, dur: 100, out: "timeout" }, null);
    const lines = readFileSync(join(context.folder, "samples/bench-0/bench.create.ndjson"), "utf8").split("\n");
    expect(lines).toEqual([
      `{"clock":"hrtime","k":"hdr","metric":"bench.create","planSha256":"${context.planSha256}","run":"run_golden","schema":"evidence/samples/1","unit":"ns"}`,
      '{"att":1,"cl":"sbx-0","dur":7,"i":0,"k":"s","out":"ok","ph":"measure","provenance":"simulated","sch":0,"st":5,"target":"local","wit":null}',
      '{"att":1,"cens":"right","cl":null,"dur":100,"i":1,"k":"s","out":"timeout","ph":"measure","provenance":"simulated","sch":9,"st":9,"target":"local","wit":null}',
      "",
    ]);
    samples.close();
  });

  test.each([
    ["a fraction", { sch: 0.5, st: 1, dur: 1, out: "ok" }],
    ["NaN", { sch: Number.NaN, st: 1, dur: 1, out: "ok" }],
    ["infinity", { sch: 0, st: 1, dur: Number.POSITIVE_INFINITY, out: "ok" }],
    ["a negative duration", { sch: 0, st: 1, dur: -1, out: "ok" }],
    ["a start before its schedule", { sch: 5, st: 1, dur: 1, out: "ok" }],
    ["an ok that never started", { sch: 5, st: null, dur: null, out: "ok" }],
    ["an outcome nobody knows", { sch: 0, st: 1, dur: 1, out: "error:Not A Class" }],
  ] as const)("refuses %s", (_, sample) => {
    const samples = openSamples(context, "bench-0", "bench.create");
    expect(() => samples.record(sample, null)).toThrow(/^\[evidence\.invalid\] Cannot write evidence to samples/);
    samples.close();
  });

  test.each(Object.entries(secrets))("refuses %s and never quotes it", (kind, secret) => {
    const observations = openObservations(context, "backend.secret", realClock);
    let message = "";
    try {
      observations.observe("the environment", "x", secret, null);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(`the record holds ${kind}`);
    expect(message).not.toContain(secret);
    expect(readFileSync(join(context.folder, "observations/backend.secret.ndjson"), "utf8")).not.toContain(secret);
    observations.close();
  });

  test("leaves ordinary text alone", () => {
    expect(["e2b_", "sandbox sbx-1 created", "bearer of news", "0".repeat(64)].map(findSecret)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("recomputes agreement from the texts and keeps what was thrown", () => {
    const observations = openObservations(context, "backend.echo", realClock);
    expect(observations.observe("same", { a: 1, b: [2] }, { b: [2], a: 1 }, null)).toBe(true);
    expect(observations.observe("other", 1, "1", null)).toBe(false);
    observations.threw("thrown", new TypeError("no"), null);
    observations.close();
    const rows = readFileSync(join(context.folder, "observations/backend.echo.ndjson"), "utf8")
      .split("\n")
      .slice(1, -1);
    expect(rows.map((row) => JSON.parse(row)).map(({ out, expected, observed }) => [out, expected, observed])).toEqual([
      ["ok", '{"a":1,"b":[2]}', '{"a":1,"b":[2]}'],
      ["error:mismatch", "1", '"1"'],
      ["error:threw", '"no error"', '{"error":"TypeError","message":"no"}'],
    ]);
  });

  test("cuts long values and keeps them apart by digest", () => {
    const [a, b] = [observedText("x".repeat(5000)), observedText(`${"x".repeat(4999)}y`)];
    expect(a.length).toBe(2000 + "…sha256:".length + 64);
    expect(a).not.toBe(b);
  });

  test("one writer per file: a second one and a second plan are refused", () => {
    openEvents(context, "bench-0", realClock).close();
    expect(() => openEvents(context, "bench-0", realClock)).toThrow(/state\.unwritable/);
    expect(() => registerPlan(context.folder, goldenPlan(), null)).toThrow(/state\.unwritable/);
    expect(joinRun(context.folder)).toEqual(context);
  });

  test("keys are private and the same key opens again", () => {
    const path = join(folder, "keys", "signing.pem");
    const first = openSigner(path);
    expect([statSync(path).mode & 0o777, openSigner(path).keyid]).toEqual([0o600, first.keyid]);
    expect(existsSync(`${path}.tmp`)).toBe(false);
  });
});

describe("the witness", () => {
  const ask = (to: number) => () => fetch(`http://127.0.0.1:${to}/sandboxes`).then((response) => response.text());

  test("measured when the exchange with the announced port was seen", async () => {
    const watch = openWitness({ target: { kind: "local", port }, env: {} });
    const seen = await watch.during(ask(port));
    expect({ ...seen.sighting, result: seen.result }).toEqual({
      kind: "exchange",
      target: "local",
      provenance: "measured",
      endpoint: { class: "loopback", port, tlsFingerprint: null, tlsDomain: null },
      exchanges: 1,
      problems: [],
      failed: false,
      pid: null,
      pidStart: null,
      result: { ok: true, value: "ok" },
    });
    watch.close();
  });

  test("sees the SDK's own undici too, and attributes overlapping operations one by one", async () => {
    const watch = openWitness({ target: { kind: "local", port }, env: {} });
    const twice = async () => {
      await undiciFetch(`http://127.0.0.1:${port}/a`).then((response) => response.text());
      return undiciFetch(`http://127.0.0.1:${port}/b`).then((response) => response.text());
    };
    const all = await Promise.all([watch.during(twice), watch.during(async () => "nothing"), watch.during(ask(port))]);
    expect(all.map(({ exchanges, provenance }) => [exchanges, provenance])).toEqual([
      [2, "measured"],
      [0, "simulated"],
      [1, "measured"],
    ]);
    watch.close();
  });

  test("a mock, another port, and a local peer for the cloud are not measured", async () => {
    const mock = new MockAgent();
    mock.disableNetConnect();
    mock.get("http://127.0.0.1:8123").intercept({ path: "/x" }).reply(200, "fake");
    const local = openWitness({ target: { kind: "local", port: port + 1 }, env: {} });
    const cloud = openWitness({ target: { kind: "cloud", domain: "e2b.app" }, env: {} });
    const faked = await local.during(() =>
      undiciFetch("http://127.0.0.1:8123/x", { dispatcher: mock }).then((r) => r.text()),
    );
    const elsewhere = await local.during(ask(port));
    const posing = await cloud.during(ask(port));
    expect(faked.result).toEqual({ ok: true, value: "fake" });
    expect([faked, elsewhere, posing].map(({ provenance, problems }) => [provenance, problems])).toEqual([
      ["simulated", []],
      ["simulated", ["the peer is not the port that the local server announced"]],
      ["simulated", ["the peer has no public address"]],
    ]);
    local.close();
    cloud.close();
    await mock.close();
  });

  test("a failure inherits the shard's last good witness", async () => {
    const watch = openWitness({ target: { kind: "local", port }, env: {} });
    const events = openEvents(context, "bench-0", realClock);
    const good = recordWitness(events, (await watch.during(ask(port))).sighting);
    const failed = await watch.during(async () => Promise.reject(new Error("no")));
    expect(recordWitness(events, failed.sighting)).toEqual(good);
    expect(recordWitness(events, (await watch.during(async () => 1)).sighting).provenance).toBe("simulated");
    expect(recordWitness(events, (await watch.during(ask(port))).sighting, { listed: false }).provenance).toBe(
      "simulated",
    );
    events.close();
    watch.close();
  });

  test("names meddlers", () => {
    expect(findInterference({})).toEqual([]);
    expect(findInterference({ E2B_DEBUG: "true" })).toEqual(["E2B_DEBUG is set: the SDK answers without any call"]);
    const honest = globalThis.fetch;
    globalThis.fetch = async () => new Response("fake");
    expect(findInterference({})).toEqual(["the global fetch was replaced"]);
    globalThis.fetch = honest;
  });

  test("children are witnessed by the operating system", () => {
    expect(childSighting(process.pid)).toMatchObject({ kind: "child", provenance: "measured", pid: process.pid });
    expect(childSighting(2 ** 22 + 5)).toMatchObject({ provenance: "simulated", pid: null });
  });

  test("address classes and the cloud's certificate", () => {
    const addresses = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "172.20.1.1", "fd00::1", "8.8.8.8", "x"];
    expect(addresses.map(addressClass)).toEqual([
      "loopback",
      "loopback",
      "loopback",
      "private",
      "private",
      "private",
      "public",
      "none",
    ]);
    const cloud = { kind: "cloud", domain: "e2b.app" } as const;
    const peer = { class: "public", port: 443, tlsFingerprint: "ab", tlsDomain: "api.e2b.app" } as const;
    expect(endpointProblem(peer, cloud)).toBeNull();
    expect(endpointProblem({ ...peer, tlsDomain: "api.e2b.app.evil.com" }, cloud)).toBe(
      "the certificate is for another domain",
    );
    expect(endpointProblem({ ...peer, tlsFingerprint: null }, cloud)).toBe("the peer showed no valid certificate");
  });
});
