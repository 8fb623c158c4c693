// What the benchmark measures and against which limits. Limits: decision 6 (published limits gate; the local profile is a
// hundred times stricter, is reported, and does not gate, because shared machines drift).
import { ladderRungs, rampRates, type BenchGroup } from "./profiles.ts";

/** One benchmark metric with its published limit and its local one, ns. */
export interface BenchRow {
  readonly metric: string;
  readonly title: string;
  readonly group: BenchGroup;
  /** `own-code` rows measure functions of this package in this process. */
  readonly subject: "target" | "own-code";
  readonly kind: "latency" | "recovery" | "throughput";
  /** Published limit; null informs only. */
  readonly limitNs: number | null;
  /** Whether a published limit decides the run, at which quantiles. */
  readonly gates: "required" | "optional" | null;
  readonly quantiles: readonly ("p95" | "p99")[];
  readonly localLimitNs: number | null;
}

const ms = 1_000_000;
const bounded = (
  metric: string,
  title: string,
  limitMs: number,
  more: Partial<BenchRow> & Pick<BenchRow, "group">,
): BenchRow => ({
  metric,
  title,
  subject: "target",
  kind: "latency",
  limitNs: limitMs * ms,
  gates: "required",
  quantiles: ["p95", "p99"],
  localLimitNs: limitMs * 10_000,
  ...more,
});
const informing = (metric: string, title: string, more: Partial<BenchRow> & Pick<BenchRow, "group">): BenchRow => ({
  metric,
  title,
  subject: "target",
  kind: "latency",
  limitNs: null,
  gates: null,
  quantiles: [],
  localLimitNs: null,
  ...more,
});

export const benchRows: readonly BenchRow[] = [
  bounded("bench.sandbox.create", "create sandbox", 5_000, { group: "crew" }),
  bounded("bench.sandbox.execute", "execute process", 2_000, { group: "crew" }),
  bounded("bench.sandbox.status", "get status", 500, { group: "crew" }),
  bounded("bench.sandbox.terminate", "terminate sandbox", 1_000, { group: "crew" }),
  bounded("bench.agent.deploy-one", "deploy one agent", 6_000, { group: "crew" }),
  bounded("bench.swarm.vote", "consensus vote, five agents", 500, { group: "crew" }),
  bounded("bench.swarm.message", "message to an agent in its sandbox and its answer", 1_000, {
    group: "crew",
    gates: "optional",
  }),
  informing("bench.use.coordinator", "processor time of the coordinating process, per second", {
    group: "crew",
    subject: "own-code",
  }),
  bounded("bench.portfolio.update", "portfolio update", 1_000, { group: "own", subject: "own-code" }),
  bounded("bench.backtest.year-three-symbols", "backtest, one year, three symbols", 20_000, {
    group: "own",
    subject: "own-code",
  }),
  informing("bench.memory.write", "write to the shared record", { group: "own", subject: "own-code" }),
  informing("bench.memory.read", "read from the shared record", { group: "own", subject: "own-code" }),
  informing("bench.agent.deploy-five-parallel", "deploy five agents, parallel", { group: "five" }),
  informing("bench.agent.deploy-five-sequential", "deploy five agents, sequential", { group: "five" }),
  informing("bench.tasks.hundred", "a hundred tasks at once", { group: "hundred", kind: "throughput" }),
  informing("bench.tasks.thousand", "a thousand tasks at once", { group: "thousand", kind: "throughput" }),
  bounded("bench.swarm.recovery", "an agent's sandbox is killed until another agent has joined", 5_000, {
    group: "recovery",
    kind: "recovery",
    gates: "optional",
    quantiles: ["p95"],
    localLimitNs: null,
  }),
  ...ladderRungs.map((rung) =>
    informing(`bench.ladder.sandboxes-${rung}`, `commands, sandboxes at work at once: ${rung}`, {
      group: "ladder",
      kind: "throughput",
    }),
  ),
  ...rampRates.map((rate) =>
    informing(`bench.ramp.per-second-${rate}`, `commands, ${rate} asked for a second`, {
      group: "ramp",
      kind: "throughput",
    }),
  ),
];
