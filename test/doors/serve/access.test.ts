// Who may come in: names, pages, tokens, scopes, pace; and that every refusal is written down.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordingBackend } from "../recording-backend.ts";
import { plantRecord, plantSwarm, serve, swarmA, type Planted, type Served } from "./plant.ts";

const token = "operate-".repeat(5);
const readToken = "read-only".repeat(5);
let planted: Planted;
let server: Served;
let door: ReturnType<typeof recordingBackend>;
beforeEach(async () => {
  planted = await plantRecord();
  await plantSwarm(planted.store, swarmA);
  const sha256 = createHash("sha256").update(readToken).digest("hex");
  const file = join(planted.folder, "tokens.json");
  const row = { name: "eyes", sha256, scopes: ["read"], expires_at: "2099-01-01T00:00:00Z" };
  writeFileSync(file, JSON.stringify({ tokens: [row] }));
  door = recordingBackend();
  server = await serve(planted, { token, file, door });
});
afterEach(async () => {
  await server.close();
  await planted.remove();
});

const audit = () =>
  readFileSync(join(planted.folder, ".swarm/audit.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line): Record<string, string> => JSON.parse(line));

/** As fetch may not set Host, and follows redirects. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET", body = "") {
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const sent = request(server.origin + path, { method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
const bearer = (given: string) => ({ authorization: `Bearer ${given}` });
const json = { "content-type": "application/json" };

test("without a token nothing is shown but that the process is up and ready", async () => {
  for (const path of ["/metrics", "/api/swarms", `/api/swarms/${swarmA}`, "/api/events", "/nothing"]) {
    const { status, headers, text } = await ask(path);
    expect([path, status, headers["www-authenticate"], text.includes(swarmA)]).toEqual([
      path,
      401,
      'Bearer realm="e2b-swarm"',
      false,
    ]);
  }
  expect(await ask("/")).toMatchObject({ status: 303, headers: { location: "/login" } });
  for (const path of ["/healthz", "/readyz", "/login", "/app.js", "/app.css"])
    expect((await ask(path)).status).toBe(200);
  expect((await ask("/api/swarms", bearer(readToken))).status).toBe(200);
  expect(audit().map(({ what }) => what)).toContain("GET /metrics");
});

test("requests by a foreign name, from a foreign page, or from a page of another port are refused", async () => {
  const { host, port } = new URL(server.origin);
  const known = bearer(token);
  const refused: Record<string, string>[] = [
    { host: "evil.example" },
    { host: `evil.example:${port}` },
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:1" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" },
  ];
  for (const headers of refused) {
    expect([headers, (await ask("/api/swarms", { ...known, ...headers })).status]).toEqual([headers, 403]);
    expect([headers, (await ask("/healthz", headers)).status]).toEqual([headers, 403]);
  }
  expect((await ask("/api/swarms", { ...known, origin: `http://${host}` })).status).toBe(200);
});

test("a token is exchanged for a cookie that scripts and other sites never see, and logging out ends it", async () => {
  const page = await ask(`/?token=${readToken}`);
  expect([page.status, page.headers.location]).toEqual([303, "/"]);
  const [set = ""] = page.headers["set-cookie"] as string[];
  expect(set).toMatch(/^e2b_swarm_\d+=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  const cookie = set.split(";")[0] ?? "";
  expect((await ask("/", { cookie })).text).toContain(swarmA);
  const form = { "content-type": "application/x-www-form-urlencoded" };
  expect((await ask("/login", form, "POST", `token=${readToken}`)).status).toBe(303);
  const wrong = await ask("/login", form, "POST", "token=wrong");
  expect([wrong.status, wrong.text]).toEqual([401, expect.stringContaining("not known here")]);
  expect((await ask("/logout", { cookie }, "POST")).status).toBe(303);
  expect((await ask("/api/swarms", { cookie })).status).toBe(401);
});

test("looking is read, changing is operate, destroying is confirmed; deeds are written down and secrets are not", async () => {
  const path = "/api/operations/scaleSwarm";
  const body = JSON.stringify({ swarm_id: swarmA, target_agents: 2 });
  expect((await ask(path, { ...json, ...bearer(readToken) }, "POST", body)).status).toBe(403);
  expect(door.calls).toEqual([]);
  expect((await ask(path, bearer(token), "POST", body)).status).toBe(415);
  const done = await ask(path, { ...json, ...bearer(token) }, "POST", body);
  expect([done.status, JSON.parse(done.text)]).toMatchObject([200, { swarm_id: swarmA, target_agents: 2 }]);
  expect(door.calls).toEqual([
    { name: "scaleSwarm", input: { swarmId: swarmA, targetAgents: 2, scaleMode: "gradual", preserveState: true } },
  ]);
  const end = "/api/operations/shutdownSwarm";
  const ending = JSON.stringify({ swarm_id: swarmA });
  expect((await ask(end, { ...json, ...bearer(token) }, "POST", ending)).text).toContain("usage.confirm");
  expect((await ask(`${end}?confirm=yes`, { ...json, ...bearer(token) }, "POST", ending)).status).toBe(200);
  expect((await ask("/api/operations/getSwarmStatus", { ...json, ...bearer(readToken) }, "POST", ending)).status).toBe(
    200,
  );
  expect((await ask(path, { ...json, ...bearer(token) }, "POST", "{")).status).toBe(400);
  expect(audit().map(({ who, what, outcome }) => [who, what, outcome])).toEqual([
    ["eyes", `POST ${path}`, "403 The token only allows to look"],
    ["environment", `scaleSwarm ${swarmA}`, "asked"],
    ["environment", `scaleSwarm ${swarmA}`, "200"],
    ["environment", `shutdownSwarm ${swarmA}`, "asked"],
    ["environment", `shutdownSwarm ${swarmA}`, "200"],
  ]);
  expect(JSON.stringify(audit())).not.toContain(token);
});

test("unknown tokens are slowed down, known ones go on", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 8; n += 1) statuses.push((await ask("/metrics", bearer(`wrong-${n}`))).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect((await ask("/metrics", bearer(readToken))).status).toBe(200);
  // Of the refusals for pace only the first is written.
  expect(audit().filter(({ outcome }) => outcome?.startsWith("429"))).toHaveLength(1);
});

test("a client that asks too often is told when to come back, and another one is answered", async () => {
  await server.close();
  server = await serve(planted, { token, file: join(planted.folder, "tokens.json"), perMinute: 3 });
  const statuses: number[] = [];
  for (let n = 0; n < 5; n += 1) statuses.push((await ask("/metrics", bearer(readToken))).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  expect(await ask("/metrics", bearer(readToken))).toMatchObject({ status: 429, headers: { "retry-after": "5" } });
  expect((await ask("/metrics", bearer(token))).status).toBe(200);
});
