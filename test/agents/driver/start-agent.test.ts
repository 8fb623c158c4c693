// The driver against real programs in real sandboxes: the agent we ship, and programs that break every rule.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Role } from "../../../src/contracts/frames.ts";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { adoptAgent, startAgent, type Agent } from "../../../src/agents/driver/start-agent.ts";
import { watchAgent } from "../../../src/agents/driver/watch-agent.ts";
import type { Sandboxes } from "../../../src/sandboxes/open-sandboxes.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";
import { taskOf } from "../window.ts";

const shipped = join(import.meta.dirname, "../../../dist/programs/agent.mjs");
let local: LocalTarget;
let sandboxes: Sandboxes;
let sandboxId = "";
let folder = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "swarm-agents-"));
  local = await localTarget();
  sandboxes = local.open();
  ({ sandboxId } = await sandboxes.create({ template: "node" }));
});
afterAll(async () => {
  await local.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(bundlePath = shipped, options: { readyWithinMs?: number; role?: Role } = {}): Promise<Agent> {
  const { role = "momentum", ...rest } = options;
  const machine = { sandboxes, clock: realClock, random: systemRandom, log: silentLog, bundlePath };
  return startAgent(machine, { sandboxId, agentId: "a1", role, ...rest });
}

/** The shipped program with a part of what it says replaced. */
function hostile(name: string, body: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, body);
  return path;
}

const preamble = `
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { createInterface } from "node:readline";
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const say = (frame) => process.stdout.write(JSON.stringify(frame) + "\\n");
const ready = (hello, more = {}) => say({ kind: "ready", version: 1, agentId: hello.agentId, pid: process.pid, hostname: "h",
  nonceEcho: createHash("sha256").update(hello.nonce + ":" + process.env.E2B_SANDBOX_ID).digest("hex"),
  publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"), ...more });
createInterface({ input: process.stdin }).on("line", (line) => { const frame = JSON.parse(line); on[frame.kind]?.(frame); });
`;

async function liveAgents(): Promise<number> {
  const { stdout } = await sandboxes.execute(sandboxId, { command: "pgrep -fc '[.]swarm/agent-' || true" });
  return Number(stdout.trim());
}

it("starts an agent that proves where it runs, asks it, pings it and stops it", async () => {
  const agent = await start();
  expect([agent.hostname, agent.role, agent.sandboxId]).toEqual(["e2b.local", "momentum", sandboxId]);
  const { proposal, signature } = await agent.ask(taskOf());
  expect(proposal).toMatchObject({ agentId: "a1", role: "momentum", symbol: "AAPL", vote: "buy" });
  expect(signature).toMatch(/^[\w+/]+=*$/);
  expect(await agent.ping()).toBeGreaterThan(0n);
  const before = agent.lastHeardNs();
  await realClock.sleep(500);
  expect(agent.lastHeardNs()).toBeGreaterThan(before);
  await agent.stop();
  await agent.stop();
  expect(await agent.ended).toBeNull();
  await expect(agent.ask(taskOf({ taskId: "t2" }))).rejects.toMatchObject({ code: "agent.exited" });
  expect(await liveAgents()).toBe(0);
});

it("hands a running agent over: the same program answers somebody else, and only under its own key", async () => {
  const first = await start();
  await first.detach();
  expect(await first.ended).toBeNull();
  await expect(first.ask(taskOf())).rejects.toMatchObject({ code: "agent.exited" });
  expect(await liveAgents()).toBe(1);
  const { agentId, role, processId, publicKey } = first;
  const other = local.open();
  const machine = { sandboxes: other, clock: realClock, random: systemRandom, log: silentLog, bundlePath: shipped };
  const known = { sandboxId, agentId, role, processId };
  await expect(adoptAgent(machine, { ...known, publicKey: "another" })).rejects.toMatchObject({ code: "agent.frame" });
  const second = await adoptAgent(machine, { ...known, publicKey });
  expect([second.pid, second.publicKey]).toEqual([first.pid, publicKey]);
  expect((await second.ask(taskOf())).proposal).toMatchObject({ agentId: "a1", vote: "buy" });
  await sandboxes.execute(sandboxId, { command: `kill -9 ${second.pid}` });
  expect(await second.ended).toMatchObject({ code: "agent.exited" });
  await expect(adoptAgent(machine, { ...known, publicKey })).rejects.toMatchObject({ name: "SwarmError" });
});

it("leaves an agent alone that another coordinator has taken over, and the other is not disturbed", async () => {
  const first = await start();
  const { agentId, role, processId, publicKey } = first;
  const machine = { sandboxes, clock: realClock, random: systemRandom, log: silentLog, bundlePath: shipped };
  const second = await adoptAgent(machine, { sandboxId, agentId, role, processId, publicKey });
  await expect(first.ask(taskOf())).rejects.toThrow("taken over by another coordinator");
  // What the first one asks all the same is answered to both; for the second it is no answer and no lie.
  const late = `${JSON.stringify(taskOf({ taskId: "of-the-first" }))}\n`;
  const intruder = await sandboxes.attachProcess(sandboxId, { pid: processId, onStdout: () => undefined });
  await intruder.send(late);
  expect((await second.ask(taskOf({ taskId: "t2" }))).proposal.vote).toBe("buy");
  expect(await liveAgents()).toBe(1);
  await Promise.all([intruder.detach(), first.detach()]);
  await second.stop();
  expect(await liveAgents()).toBe(0);
});

it("reports what a strategy refuses, and goes on", async () => {
  const agent = await start();
  const bad = agent.ask(taskOf({ params: { lookback: -1 } }));
  await expect(bad).rejects.toMatchObject({ code: "agent.refused" });
  expect((await agent.ask(taskOf({ taskId: "t2" }))).proposal.round).toBe("r1");
  await expect(agent.ask(taskOf({ taskId: "t2" }))).rejects.toMatchObject({ code: "usage.invalid" });
  const long = taskOf({ taskId: "t3", headlines: Array.from({ length: 700 }, () => headline) });
  await expect(agent.ask(long)).rejects.toMatchObject({ code: "usage.invalid" });
  await agent.stop();
});
const headline = { text: "h".repeat(2_000), symbol: "AAPL", publishedAt: "2016-07-01", source: "s" };

it("says that a killed agent is gone, and with what it was asked", async () => {
  const agent = await start();
  const waiting = agent.ask(taskOf()).catch((thrown: unknown) => thrown);
  await sandboxes.execute(sandboxId, { command: `kill -9 ${agent.pid}` });
  const end = await agent.ended;
  expect(end).toMatchObject({ code: "agent.exited", details: { agentId: "a1", exitCode: -1 } });
  const answer = await waiting;
  // The answer may have come before the kill.
  if (answer instanceof Error) expect(answer).toMatchObject({ code: "agent.exited" });
  await expect(agent.ask(taskOf({ taskId: "t2" }))).rejects.toMatchObject({ code: "agent.exited" });
});

it("notices an agent that lives but is stopped", async () => {
  const agent = await start();
  const silent = new Promise<bigint>((resolve) => watchAgent(agent, { clock: realClock, onSilent: resolve }));
  await sandboxes.execute(sandboxId, { command: `kill -STOP ${agent.pid}` });
  expect(await silent).toBeGreaterThan(900_000_000n);
  await expect(agent.ask(taskOf(), { timeoutMs: 200 })).rejects.toMatchObject({ code: "agent.timeout" });
  await sandboxes.execute(sandboxId, { command: `kill -CONT ${agent.pid}` });
  // The late answer to the first task is no violation.
  expect((await agent.ask(taskOf({ taskId: "t2" }))).proposal.vote).toBe("buy");
  await agent.stop();
});

it("ends a program that is not there, says nothing, or ends at once", async () => {
  const gone = hostile("gone", `console.error("no such thing"); process.exit(3);`);
  await expect(start(gone)).rejects.toMatchObject({ code: "agent.exited", details: { exitCode: 3 } });
  await expect(start(gone)).rejects.toThrow("no such thing");
  const mute = hostile("mute", `setInterval(() => {}, 1000);`);
  await expect(start(mute, { readyWithinMs: 700 })).rejects.toMatchObject({ code: "agent.timeout" });
  expect(await liveAgents()).toBe(0);
});

it("refuses an introduction that proves nothing", async () => {
  const elsewhere = hostile(
    "elsewhere",
    `${preamble} const on = { hello: (f) => ready(f, { nonceEcho: "0".repeat(64) }) };`,
  );
  await expect(start(elsewhere)).rejects.toThrow("does not echo the nonce from inside its sandbox");
  const another = hostile("another", `${preamble} const on = { hello: (f) => ready(f, { agentId: "b" }) };`);
  await expect(start(another)).rejects.toThrow("introduces b where a1 was started");
  const keyless = hostile("keyless", `${preamble} const on = { hello: (f) => ready(f, { publicKey: "AAAA" }) };`);
  await expect(start(keyless)).rejects.toThrow("brings no Ed25519 key");
  expect(await liveAgents()).toBe(0);
});

it.each([
  ["bad JSON", `task: () => process.stdout.write("{not json}\\n")`, "is no JSON"],
  ["another schema", `task: () => say({ kind: "proposal", extra: 1 })`, "breaks the schema"],
  ["an unknown kind", `task: () => say({ kind: "order", buy: 1 })`, "breaks the schema"],
  [
    "an answer nobody asked for",
    `task: (t) => answer({ ...t, taskId: "other" })`,
    "answers a task that was never given",
  ],
  ["another round", `task: (t) => answer(t, { round: "r0" })`, "answers with another round than r1"],
  ["another agent's name", `task: (t) => answer(t, { agentId: "a2" })`, "answers with another agentId than a1"],
  [
    "other inputs",
    `task: (t) => answer(t, { inputsSha256: "1".repeat(64) })`,
    "rests on other inputs than it was given",
  ],
  ["a bad signature", `task: (t) => answer(t, {}, "AAAA")`, "is not signed by the agent"],
])("ends an agent that sends %s", async (name, handler, problem) => {
  const path = hostile(
    name.replaceAll(" ", "-"),
    `${preamble}
    const canonical = (v) => Array.isArray(v) ? "[" + v.map(canonical).join(",") + "]" : v && typeof v === "object"
      ? "{" + Object.keys(v).sort().map((k) => JSON.stringify(k) + ":" + canonical(v[k])).join(",") + "}" : JSON.stringify(v);
    const answer = (t, more = {}, signature) => {
      const { symbol, strategy, params, window, headlines, peers } = t;
      const inputsSha256 = createHash("sha256").update(canonical({ symbol, strategy, params, window, headlines, peers })).digest("hex");
      const proposal = { agentId: "a1", role: "momentum", round: t.round, symbol, vote: "buy", conviction: 1, strategy: "s", figures: {}, inputsSha256, ...more };
      const signed = sign(null, Buffer.from(canonical(proposal)), privateKey).toString("base64");
      say({ kind: "proposal", taskId: t.taskId, proposal, signature: signature ?? signed });
    };
    const on = { hello: (f) => ready(f), ${handler} };`,
  );
  const agent = await start(path);
  const asked = agent.ask(taskOf());
  await expect(asked).rejects.toMatchObject({ code: "agent.frame" });
  await expect(asked).rejects.toThrow(problem);
  await agent.ended;
  expect(await liveAgents()).toBe(0);
});

it("does not take in a line of 1 GiB", async () => {
  const path = hostile(
    "flood",
    `${preamble}
    const block = Buffer.alloc(1 << 20, 120);
    let left = 1024;
    const flood = () => { while (left-- > 0) if (!process.stdout.write(block)) return process.stdout.once("drain", flood); };
    const on = { hello: (f) => ready(f), task: flood };`,
  );
  const agent = await start(path);
  global.gc?.();
  const before = process.memoryUsage().rss;
  let peak = before;
  const watching = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
  await expect(agent.ask(taskOf())).rejects.toThrow("is longer than 1048576 bytes");
  await agent.ended;
  await realClock.sleep(200);
  clearInterval(watching);
  expect(peak - before).toBeLessThan(150 * 1_048_576);
  expect(await liveAgents()).toBe(0);
});
