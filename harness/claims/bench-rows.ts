// What the benchmark measures and against which limits. Limits: decision 6 (published limits gate; the local profile is a
// hundred times stricter, is reported, and does not gate, because shared machines drift).

/** One benchmark metric with its published limit and its local one, ns. */
export interface BenchRow {
  readonly metric: string;
  readonly title: string;
  /** `own-code` rows measure functions of this package in this process. */
  readonly subject: "target" | "own-code";
  readonly limitNs: number | null;
  readonly localLimitNs: number | null;
  readonly samples: { readonly local: number; readonly cloud: number };
}

const ms = 1_000_000;
export const benchRows: readonly BenchRow[] = [
  {
    metric: "bench.sandbox.create",
    subject: "target",
    title: "create sandbox",
    limitNs: 5_000 * ms,
    localLimitNs: 50 * ms,
    samples: { local: 100, cloud: 93 },
  },
  {
    metric: "bench.sandbox.execute",
    subject: "target",
    title: "execute process",
    limitNs: 2_000 * ms,
    localLimitNs: 20 * ms,
    samples: { local: 100, cloud: 93 },
  },
  {
    metric: "bench.sandbox.status",
    subject: "target",
    title: "get status",
    limitNs: 500 * ms,
    localLimitNs: 5 * ms,
    samples: { local: 100, cloud: 93 },
  },
  {
    metric: "bench.sandbox.terminate",
    subject: "target",
    title: "terminate sandbox",
    limitNs: 1_000 * ms,
    localLimitNs: 10 * ms,
    samples: { local: 100, cloud: 93 },
  },
  {
    metric: "bench.agent.deploy-one",
    subject: "target",
    title: "deploy one agent",
    limitNs: 6_000 * ms,
    localLimitNs: 60 * ms,
    samples: { local: 100, cloud: 59 },
  },
  {
    metric: "bench.agent.deploy-five-parallel",
    subject: "target",
    title: "deploy five agents, parallel",
    limitNs: null,
    localLimitNs: null,
    samples: { local: 3, cloud: 5 },
  },
  {
    metric: "bench.agent.deploy-five-sequential",
    subject: "target",
    title: "deploy five agents, sequential",
    limitNs: null,
    localLimitNs: null,
    samples: { local: 3, cloud: 5 },
  },
  {
    metric: "bench.swarm.vote",
    subject: "target",
    title: "consensus vote, five agents",
    limitNs: 500 * ms,
    localLimitNs: 5 * ms,
    samples: { local: 100, cloud: 93 },
  },
  {
    metric: "bench.portfolio.update",
    subject: "own-code",
    title: "portfolio update",
    limitNs: 1_000 * ms,
    localLimitNs: 10 * ms,
    samples: { local: 100, cloud: 100 },
  },
  {
    metric: "bench.backtest.year-three-symbols",
    subject: "own-code",
    title: "backtest, one year, three symbols",
    limitNs: 20_000 * ms,
    localLimitNs: 200 * ms,
    samples: { local: 100, cloud: 60 },
  },
];
