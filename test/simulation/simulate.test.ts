import { expect, it } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { parse } from "../../src/contracts/parse.ts";
import { simulate } from "../../src/simulation/simulate.ts";
import { replayCommand } from "../../src/simulation/replay-command.ts";

const quiet = { clock: realClock, signal: new AbortController().signal, progress: () => undefined };

it("makes one report from one input, labelled simulated, with its sources and the command that repeats it", async () => {
  const input = { agents: 8, hours: 0.05, seed: 7, seeds: 2, faults: "heavy", growth: false } as const;
  const [first, second] = [await simulate(input, quiet), await simulate(input, quiet)];
  expect(JSON.stringify(second.report)).toBe(JSON.stringify(first.report));
  expect(parse("simulate.output", first)).toEqual(first);
  const { provenance, command, model, run, seeds, topologies } = first.report;
  expect(provenance).toBe("simulated");
  expect(command).toBe("e2b-swarm simulate --agents 8 --hours 0.05 --seed 7 --faults heavy --seeds 2 --no-growth");
  expect(model.series.map(({ name, provenance }) => `${name} ${provenance}`)).toEqual([
    "hop declared",
    "put measured",
    "work measured",
    "restart measured",
    "replace measured",
    "vote measured",
  ]);
  expect(run.cost).toMatchObject({ provenance: "simulated", priceList: "e2b-list" });
  expect(seeds.map(({ seed }) => seed)).toEqual([8]);
  expect(topologies.map(({ kind, edges }) => [kind, edges])).toEqual([
    ["mesh", 190],
    ["hierarchical", 19],
    ["ring", 20],
    ["star", 19],
  ]);
  expect(first.wall.sizes.map(({ agents }) => agents)).toEqual([8, 8]);
});

it("bills every agent from its start to the end", async () => {
  const { report } = await simulate({ agents: 4, hours: 0.05, faults: "none", growth: false }, quiet);
  const { sandboxSeconds } = report.run.cost;
  // 20 s to settle and 180 s of work, and a few more until the last task is durable.
  expect(sandboxSeconds).toBeGreaterThan(4 * 200);
  expect(sandboxSeconds).toBeLessThan(4 * 210);
});

it("stops when its caller does", async () => {
  const stopped = { ...quiet, signal: AbortSignal.abort() };
  await expect(simulate({ agents: 4, hours: 1, growth: false }, stopped)).rejects.toMatchObject({ code: "cancelled" });
});

it("refuses limits that contradict each other", async () => {
  await expect(simulate({ agents: 4, minAgents: 5, growth: false }, quiet)).rejects.toMatchObject({
    code: "usage.invalid",
    hint: "Lower --min-agents, or raise --agents",
  });
});

it("refuses a specialised swarm that could lose a capability", async () => {
  const input = { agents: 8, minAgents: 4, distribution: "specialised", growth: false } as const;
  await expect(simulate(input, quiet)).rejects.toMatchObject({
    code: "usage.invalid",
    hint: "Give --agents 4 or more without --min-agents, or another --distribution",
  });
});

it("a command says its seed even when nothing else was said", () => {
  expect(replayCommand({})).toBe("e2b-swarm simulate --agents 1000 --hours 6.5 --seed 1");
});
