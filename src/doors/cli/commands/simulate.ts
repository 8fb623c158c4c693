// `simulate`: the swarm's core in virtual time. What depends on this machine's speed goes to stderr, and under --json into
// `wall`, apart from the report, which is equal bit for bit on every run.
import type { SimulateOutput } from "../../../contracts/simulation.ts";
import { alignedPairs, alignedTable, type Cell } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

export const simulateCommand: CommandSpec = {
  name: "simulate",
  group: "Swarm",
  summary: "Run the swarm's core in virtual time with seeded faults, checking its laws at every step",
  schema: "simulate.input",
  operands: [],
  options: [
    { flags: "--agents <count>", key: "agents", read: asNumber },
    { flags: "--hours <hours>", key: "hours", read: asNumber },
    { flags: "--seed <number>", key: "seed", read: asNumber },
    { flags: "--seeds <count>", key: "seeds", read: asNumber },
    { flags: "--min-agents <count>", key: "minAgents", read: asNumber },
    { flags: "--tasks-per-agent-hour <rate>", key: "tasksPerAgentHour", read: asNumber },
    { flags: "--distribution <name>", key: "distribution" },
    { flags: "--topology <name>", key: "topology" },
    { flags: "--faults <level>", key: "faults" },
    { flags: "--no-growth", key: "growth", text: "leave out the smaller runs of the growth table" },
  ],
  examples: [
    "e2b-swarm simulate --agents 1000 --hours 6.5 --seed 7",
    "e2b-swarm simulate --agents 50 --hours 1 --faults heavy --seeds 100 --no-growth",
  ],
  async run(values, session) {
    const output = await session.call("simulate", values);
    return {
      data: wireForm("simulate.output", output),
      text: textOf(output.report),
      note: output.wall.sizes.map(speedOf).join("\n"),
    };
  },
};

function speedOf({
  agents,
  seconds,
  agentsPerSecond,
  eventsPerSecond,
}: SimulateOutput["wall"]["sizes"][number]): string {
  const rates = `${Math.round(agentsPerSecond)} agents/s, ${Math.round(eventsPerSecond)} events/s`;
  return `wall time of ${agents} agents: ${seconds.toFixed(1)} s, ${rates} (this machine, not reproducible)`;
}

function textOf({ run, model, growth, topologies, seeds, command }: SimulateOutput["report"]): string {
  const ms = (value: { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } | null): Cell[] =>
    value === null ? [null, null, null] : [value.p50Ms, value.p99Ms, value.maxMs];
  const summary = alignedPairs([
    ["provenance", "simulated"],
    ["agents", `${run.agents} for ${run.hours} h, seed ${run.seed}`],
    ["tasks", `${run.tasks.done} done, ${run.tasks.dead} dead of ${run.tasks.accepted} accepted`],
    ["leases", `${run.tasks.leases} granted, ${run.tasks.fenced} late or false answers fenced off`],
    ["votes", `${run.votes.traded} traded, ${run.votes.noTrade} no trade of ${run.votes.asked}`],
    ["coordinators", `${run.coordinators.epochs} epochs, ${run.coordinators.staleWritesRefused} stale writes refused`],
    ["laws", `${run.invariants.length} hold in ${run.invariants.reduce((sum, { checks }) => sum + checks, 0)} checks`],
    ["cost", `${(run.cost.totalMicroUsd / 1e6).toFixed(2)} USD simulated on ${run.cost.priceList}`],
    ["latencies", `${model.id}: ${model.note}`],
    ["trace", run.traceSha256],
    ["replay", command],
  ]);
  const faults = alignedTable(
    ["FAULT", "PLANNED", "ATTEMPTED", "OBSERVED", "HEALED", "DETECT P50", "P99", "MAX MS", "DOWN P50", "P99", "MAX MS"],
    run.faults.map((row) => [
      row.kind,
      row.planned,
      row.attempted,
      row.observed,
      row.healed,
      ...ms(row.detection),
      ...ms(row.downtime),
    ]),
  );
  const sizes = alignedTable(
    ["AGENTS", "TASKS", "EVENTS", "EVENTS/AGENT"],
    growth.map(({ agents, tasks, events, eventsPerAgent }) => [agents, tasks, events, eventsPerAgent]),
  );
  const shapes = alignedTable(
    ["TOPOLOGY", "EDGES", "MEAN HOPS", "MOST", "BROADCAST", "MS", "LOST BY FIRST", "AFTER REPAIR"],
    topologies.map((row) => [
      row.kind,
      row.edges,
      Number(row.meanHops.toFixed(2)),
      row.mostHops,
      row.broadcastMessages,
      Number(row.broadcastLatencyMs.toFixed(2)),
      row.lostByFirst,
      row.lostAfterRepair,
    ]),
  );
  const others = seeds.length === 0 ? [] : [`${seeds.length} more seeds hold too`];
  return [summary, ...(run.faults.length === 0 ? [] : [faults]), sizes, shapes, ...others].join("\n\n");
}
