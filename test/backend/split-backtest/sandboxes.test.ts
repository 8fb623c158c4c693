// Split backtests on a real local server: the operation for one and three agents, an agent killed at work, and a program that
// lies about its part. Needs bubblewrap; without it every test says so and is skipped.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { startAgent, type Agent } from "../../../src/agents/driver/start-agent.ts";
import { openBackend } from "../../../src/backend/compose.ts";
import { askPart } from "../../../src/backend/split-backtest/ask-part.ts";
import { crewOf, type Worker } from "../../../src/backend/split-backtest/crew.ts";
import { shareParts } from "../../../src/backend/split-backtest/share-parts.ts";
import { mergeParts } from "../../../src/backtest/split/merge-parts.ts";
import { splitBars } from "../../../src/backtest/split/split-bars.ts";
import { runBacktest } from "../../../src/backtest/run-backtest.ts";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { checkParams } from "../../../src/strategies/check-params.ts";
import { findStrategy } from "../../../src/strategies/find-strategy.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";

const shipped = join(import.meta.dirname, "../../../dist/programs/agent.mjs");
const folders = (process.env.PATH ?? "").split(delimiter);
const missing = folders.some((folder) => existsSync(join(folder, "bwrap"))) ? null : "bubblewrap is not installed";
const folder = mkdtempSync(join(tmpdir(), "swarm-split-"));
let local: LocalTarget | undefined;

beforeEach(async (test) => {
  if (missing !== null) test.skip(missing);
  local ??= await localTarget();
}, 60_000);
afterAll(async () => {
  await local?.close();
  rmSync(folder, { recursive: true, force: true });
});

function target(): LocalTarget {
  if (local === undefined) throw new Error("the server is up");
  return local;
}

const asked = { strategy: "momentum", symbols: ["AAPL"], start: "2016-01-04", end: "2017-12-29" };

it("the operation gives byte-equal results for none, one and three agents, says who took part, and leaves nothing", async () => {
  const backend = await openBackend({ folder, target: "local" }, target().env);
  try {
    const plain = await backend.call("backtest", asked);
    expect(plain.agents).toBeUndefined();
    for (const agents of [1, 3]) {
      const split = await backend.call("backtest", { ...asked, agents });
      expect(JSON.stringify(split.results[0]?.metrics)).toBe(JSON.stringify(plain.results[0]?.metrics));
      expect(JSON.stringify(split.results)).toBe(JSON.stringify(plain.results));
      expect(split.agents).toMatchObject({ count: agents, sandboxes: agents, dropped: 0 });
      expect(split.agents?.sandboxSeconds).toBeGreaterThan(0);
      expect(new Set(split.agents?.parts.map(({ sandboxId }) => sandboxId)).size).toBe(agents);
      expect(split.agents?.parts.reduce((sum, { bars }) => sum + bars, 0)).toBe(plain.results[0]?.bars);
    }
    const pair = { ...asked, strategy: "pairs-z", symbols: ["AAPL", "^GSPC"], start: "2016-07-05", end: "2017-06-30" };
    const [whole, split] = [
      await backend.call("backtest", pair),
      await backend.call("backtest", { ...pair, agents: 3 }),
    ];
    expect(JSON.stringify(split.results)).toBe(JSON.stringify(whole.results));
    const own = { ...asked, strategy: "examples/strategies/breakout.ts", end: "2016-06-30", params: { bars: 20 } };
    const [mine, shared] = [await backend.call("backtest", own), await backend.call("backtest", { ...own, agents: 3 })];
    expect(mine.results[0]?.certificate.checks.length).toBeGreaterThan(5);
    expect(JSON.stringify(shared.results)).toBe(JSON.stringify(mine.results));
    expect(shared.agents).toMatchObject({ count: 3, dropped: 0 });
    const stopped = new AbortController();
    const progress = (): void => stopped.abort();
    await expect(
      backend.call("backtest", { ...asked, agents: 2 }, { signal: stopped.signal, progress }),
    ).rejects.toMatchObject({ code: "cancelled" });
    expect((await backend.call("listE2bSandboxes", {})).sandboxes).toEqual([]);
  } finally {
    await backend.close();
  }
}, 120_000);

it("what an undivided run refuses, and what agents do not know, costs no sandbox", async () => {
  const backend = await openBackend({ folder, target: "local" }, target().env);
  const call = (more: object) => backend.call("backtest", { ...asked, agents: 2, ...more });
  try {
    await expect(call({ luck: true })).rejects.toThrow("luck is not known to agents");
    await expect(call({ grid: { lookback: [100] } })).rejects.toThrow("grid is not known to agents");
    await expect(call({ params: { lookback: 1 } })).rejects.toMatchObject({ code: "usage.invalid" });
    await expect(call({ symbols: ["NONE"] })).rejects.toMatchObject({ code: "market.symbol" });
    await expect(call({ agents: 21 })).rejects.toMatchObject({ code: "usage.invalid" });
    expect(backend.meters()).toEqual([]);
  } finally {
    await backend.close();
  }
});

/** Says what is asked for, about other bars, or about fewer than it was asked. */
const liar = (told: string): string => `
import { createHash, generateKeyPairSync } from "node:crypto";
import { createInterface } from "node:readline";
const { publicKey } = generateKeyPairSync("ed25519");
const say = (frame) => process.stdout.write(JSON.stringify(frame) + "\\n");
let agentId = "";
const on = {
  hello: (f) => { agentId = f.agentId; say({ kind: "ready", version: 1, agentId, pid: process.pid, hostname: "h",
    nonceEcho: createHash("sha256").update(f.nonce + ":" + process.env.E2B_SANDBOX_ID).digest("hex"),
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64") }); },
  part: (f) => say({ kind: "decisions", taskId: f.taskId, signature: "x", part: { agentId, taskId: f.taskId, strategy: f.strategy,
    from: f.from, to: f.to, firstIndicatorBar: 252, decided: [], ordered: null, inputsSha256: "0".repeat(64), ${told} } }),
};
createInterface({ input: process.stdin }).on("line", (line) => { const frame = JSON.parse(line); on[frame.kind]?.(frame); });
`;

async function decidedBy(
  bundles: readonly string[],
  change: (agent: Agent, place: number) => Worker = (agent) => agent,
) {
  const sandboxes = target().open();
  const machine = { sandboxes, clock: realClock, random: systemRandom, log: silentLog };
  const agents = await Promise.all(
    bundles.map(async (bundlePath, place) => {
      const { sandboxId } = await sandboxes.create({ template: "node" });
      const request = { sandboxId, agentId: `a${place + 1}`, role: "market-research" } as const;
      return startAgent({ ...machine, bundlePath }, request);
    }),
  );
  const strategy = findStrategy(asked.strategy);
  const params = checkParams(strategy, undefined);
  const tape = loadTape("AAPL", asked);
  const { candles } = tape;
  let tasks = 0;
  const own = strategy.prepare(candles, params);
  const question = {
    candles,
    strategy: strategy.id,
    params,
    own,
    nextTaskId: () => `t${(tasks += 1)}`,
    withinMs: 4_000,
  };
  const said: string[] = [];
  const crew = crewOf(agents.map(change), (sentence) => said.push(sentence));
  try {
    const shares = await shareParts(crew, splitBars(candles.t.length, agents.length), async (worker, stretch) => ({
      pieces: await askPart(worker, stretch, question),
      by: worker.agentId,
    }));
    const decided = mergeParts(
      candles.t.length,
      shares.flatMap(({ pieces }) => pieces),
    );
    const request = { tape, strategy };
    const same = JSON.stringify(runBacktest({ ...request, decided })) === JSON.stringify(runBacktest(request));
    return { same, said, by: shares.map(({ by }) => by) };
  } finally {
    await Promise.allSettled(agents.map((agent) => agent.stop()));
    await sandboxes.close();
    expect(await target().open().list({ mine: true })).toEqual([]);
  }
}

it.each(["program", "sandbox"])(
  "the part of an agent whose %s is ended at work is decided by another one",
  async (what) => {
    const sandboxes = target().open();
    const end = async ({ sandboxId, pid }: Agent): Promise<unknown> =>
      what === "sandbox" ? sandboxes.terminate(sandboxId) : sandboxes.execute(sandboxId, { command: `kill -9 ${pid}` });
    const { same, said, by } = await decidedBy([shipped, shipped, shipped], (agent, place) => {
      if (place !== 1) return agent;
      const decide: Worker["decide"] = async (part, options) => {
        await end(agent);
        return agent.decide(part, options);
      };
      return { ...agent, decide };
    });
    expect([same, by]).toEqual([true, ["a1", "a1", "a3"]]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("a2 is out");
  },
  60_000,
);

it.each([
  ["other bars", `to: f.to`, "decides on other bars than it was shown"],
  ["a shorter part", `to: f.to - 1`, "decides a part with another to"],
  ["a part of its neighbour", `from: f.from - 1`, "decides a part with another from"],
])(
  "a program that tells of %s is out, and its part is decided by another one",
  async (_what, told, sentence) => {
    const path = join(folder, "liar.mjs");
    writeFileSync(path, liar(told));
    const { same, said, by } = await decidedBy([shipped, path]);
    expect([same, by]).toEqual([true, ["a1", "a1"]]);
    expect(said[0]).toContain(sentence);
    await expect(decidedBy([path])).rejects.toMatchObject({ code: "agent.frame" });
  },
  60_000,
);

it("the part of an agent that does not answer in time is decided by another one", async () => {
  const path = join(folder, "mute.mjs");
  writeFileSync(path, liar("").replace("part: (f)", "other: (f)"));
  const { same, said, by } = await decidedBy([path, shipped]);
  expect([same, by]).toEqual([true, ["a2", "a2"]]);
  expect(said[0]).toContain("a1 did not answer within 4000 ms");
  await expect(decidedBy([path])).rejects.toMatchObject({ code: "agent.timeout" });
}, 60_000);
