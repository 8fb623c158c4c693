import { describe, expect, it } from "vitest";
import { readPriceList } from "../../src/costs/read-price-list.ts";
import { reportRun } from "../../src/simulation/report-run.ts";
import { runSimulation } from "../../src/simulation/run-simulation.ts";
import type { SimulationSettings } from "../../src/simulation/settings.ts";
import type { SimulatedRun } from "../../src/contracts/simulation.ts";
import { settings } from "./model.ts";

async function run(overrides: Partial<SimulationSettings> = {}): Promise<SimulatedRun> {
  return reportRun(await runSimulation({ settings: settings(overrides), command: "" }), readPriceList());
}

describe("a simulated run", () => {
  it("is equal bit for bit the second time, and another with another seed", async () => {
    const [first, second, other] = [await run(), await run(), await run({ seed: 2 })];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(other.traceSha256).not.toBe(first.traceSha256);
  });

  it("ends every accepted task once while everything goes wrong, and counts the faults apart", async () => {
    const { tasks, faults, coordinators, invariants, votes } = await run({ hours: 1 });
    expect(tasks.accepted).toBe(tasks.offered);
    expect(tasks.done + tasks.dead).toBe(tasks.accepted);
    expect(coordinators.epochs).toBeGreaterThan(10);
    expect(votes.asked).toBe(votes.traded + votes.noTrade + votes.noPanel + votes.undecided);
    const kinds = ["byzantine", "clock-skew", "coordinator-kill", "coordinator-pause", "delay", "drop", "duplicate"];
    expect(faults.map(({ kind }) => kind)).toEqual([...kinds, "kill", "partition", "refusal", "sandbox-kill", "stall"]);
    for (const { planned, attempted, observed, healed } of faults) {
      expect([attempted <= planned, observed <= attempted, healed <= observed]).toEqual([true, true, true]);
    }
    expect(invariants).toHaveLength(16);
    expect(invariants.filter(({ checks }) => checks === 0)).toEqual([]);
  });

  it.each(["round-robin", "specialised", "adaptive"] as const)("keeps its laws under %s", async (distribution) => {
    const { tasks } = await run({ distribution, seed: 11 });
    expect(tasks.done + tasks.dead).toBe(tasks.accepted);
  });

  it.each(["mesh", "ring", "star"] as const)("keeps its laws over a %s", async (topology) => {
    const { tasks, messages } = await run({ topology, seed: 12 });
    expect(tasks.done + tasks.dead).toBe(tasks.accepted);
    expect(messages.hops >= messages.sent).toBe(true);
  });

  it("grows and shrinks between its limits without losing work", async () => {
    const { agentsSeen, tasks } = await run({ minAgents: 3, hours: 0.5, tasksPerAgentHour: 1_200, seed: 3 });
    expect(agentsSeen.most).toBeGreaterThan(3);
    expect(tasks.done + tasks.dead).toBe(tasks.accepted);
  });

  it("stops when told to", async () => {
    const breathe = async (): Promise<void> => {
      throw new Error("enough");
    };
    await expect(runSimulation({ settings: settings(), command: "", breathe })).rejects.toThrow("enough");
  });
});
