// Health, metrics and the API over a planted record.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { strike } from "../../../src/backend/live/list-of-swarms.ts";
import { changeWanted } from "../../../src/swarm/runtime/wanted.ts";
import { decides, plantRecord, plantSwarm, serve, swarmA, swarmB, type Planted, type Served } from "./plant.ts";

let planted: Planted;
let server: Served;
beforeEach(async () => {
  planted = await plantRecord();
  server = await serve(planted);
});
afterEach(async () => {
  await server.close();
  await planted.remove();
});

const get = async (path: string) => {
  const response = await fetch(server.origin + path);
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
};

test("the process is up, and ready as long as every live swarm has a leader", async () => {
  expect(await get("/healthz")).toEqual({ status: 200, type: "text/plain; charset=utf-8", text: "ok\n" });
  expect(await get("/readyz")).toMatchObject({ status: 200, text: "ready\n" });
  await plantSwarm(planted.store, swarmA);
  await expect.poll(async () => (await get("/readyz")).status).toBe(200);
  await plantSwarm(planted.store, swarmB, { led: false });
  const text = "not ready: 1 of 2 swarms have no leader\n";
  await expect.poll(() => get("/readyz")).toEqual({ status: 503, type: "text/plain; charset=utf-8", text });
  await changeWanted(planted.store, swarmB, "test", (wish) => ({ ...wish, ended: true }));
  await expect.poll(async () => (await get("/readyz")).text).toBe("ready\n");
});

test("a record that does not answer is not ready, and the process is up", async () => {
  await planted.backend.close();
  expect(await get("/readyz")).toMatchObject({
    status: 503,
    text: expect.stringContaining("the record does not answer"),
  });
  expect((await get("/healthz")).status).toBe(200);
});

test("metrics say what the record says, in a form that Prometheus takes", async () => {
  await plantSwarm(planted.store, swarmA);
  await plantSwarm(planted.store, swarmB, { led: false });
  await get("/healthz");
  const { type, text } = await get("/metrics");
  expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = text.split("\n");
  for (const line of [
    'e2b_swarm_swarms{status="active"} 1',
    'e2b_swarm_swarms{status="stopped"} 1',
    `e2b_swarm_agents{swarm="${swarmA}",status="ready"} 2`,
    `e2b_swarm_agents{swarm="${swarmA}",status="busy"} 1`,
    `e2b_swarm_agents{swarm="${swarmB}",status="offline"} 3`,
    `e2b_swarm_tasks_open{swarm="${swarmA}"} 4`,
    `e2b_swarm_tasks_done_total{swarm="${swarmA}"} 150`,
    `e2b_swarm_tasks_dead_total{swarm="${swarmA}"} 5`,
    `e2b_swarm_votes_total{swarm="${swarmA}"} 5`,
    `e2b_swarm_faults_detected_total{swarm="${swarmA}"} 3`,
    `e2b_swarm_faults_recovered_total{swarm="${swarmA}"} 2`,
    `e2b_swarm_leader_present{swarm="${swarmB}"} 0`,
    'e2b_swarm_http_requests_total{route="healthz",status="200"} 1',
  ]) {
    expect(lines).toContain(line);
  }
  const families = lines.filter((line) => line.startsWith("# TYPE")).map((line) => line.split(" ")[2]);
  expect(new Set(families).size).toBe(families.length);
  if (!existsSync("/usr/bin/promtool")) return;
  const judged = spawnSync("/usr/bin/promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  expect([judged.status, judged.stdout, judged.stderr]).toEqual([0, "", ""]);
  // The judge can say no.
  expect(
    spawnSync("/usr/bin/promtool", ["check", "metrics"], { input: text.replace("# TYPE", "# TIPE ") + "x y z\n" })
      .status,
  ).not.toBe(0);
});

test("the API gives what getSwarmStatus gives, in wire names, and the edges of the topology", async () => {
  await plantSwarm(planted.store, swarmA);
  await decides(planted.store, swarmA, "vote_1");
  const status = JSON.parse((await get(`/api/swarms/${swarmA}`)).text);
  expect(status).toMatchObject({ swarm_id: swarmA, status: "active", agent_count: 3, open_tasks: 4, leader: "c1:1" });
  expect(status.agents[0]).toMatchObject({
    agent_id: "agent-1-0",
    status: "busy",
    sandbox_id: "sbx-0",
    latency_ms: 8.5,
  });
  expect(JSON.parse((await get("/api/swarms")).text).swarms.map((one: { swarm_id: string }) => one.swarm_id)).toEqual([
    swarmA,
  ]);
  const board = JSON.parse((await get(`/api/swarms/${swarmA}/board`)).text);
  expect(board.edges).toEqual([0, 1, 2].map((n) => ["coordinator", `agent-1-${n}`]));
  expect(board.decisions).toMatchObject([
    { task_id: "vote_1", decision: { symbol: "AAPL", ballots: [{ agent_id: "agent-1-0" }] } },
  ]);
  expect(board.cost).toMatchObject({ price_list: "e2b-list", provenance: "modelled", budget_micro_usd: 5_000_000 });
  expect((await get(`/api/swarms/${swarmB}`)).status).toBe(404);
  expect((await get("/api/nothing")).status).toBe(404);
  expect((await fetch(`${server.origin}/metrics`, { method: "POST" })).status).toBe(405);
});

test("with --swarm nothing of another swarm is shown", async () => {
  await plantSwarm(planted.store, swarmA);
  await plantSwarm(planted.store, swarmB);
  const one = await serve(planted, { only: swarmB });
  const text = async (path: string) => (await fetch(one.origin + path)).text();
  for (const path of ["/", "/metrics", "/api/swarms", `/api/swarms/${swarmA}`]) {
    expect([path, (await text(path)).includes(`"${swarmA}"`)]).toEqual([path, false]);
  }
  expect(await text("/api/swarms")).toContain(swarmB);
  expect((await fetch(`${one.origin}/api/events?swarm=${swarmA}`)).status).toBe(404);
  await one.close();
});

test("a swarm that was forgotten is shown no more", async () => {
  await plantSwarm(planted.store, swarmA);
  await strike(planted.store, swarmA, "test");
  expect(JSON.parse((await get("/api/swarms")).text)).toEqual({ swarms: [] });
});
