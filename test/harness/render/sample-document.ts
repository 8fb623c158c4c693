// oxlint-disable max-lines -- a fixture is one table
// TEST DATA. A made-up run with the shape of a real one: twelve operations, twenty-three checks, forty-odd claims. Nothing
// in here was measured; the numbers come from a small formula so that pictures and tables have something to show.
import type { Claim, PlannedClaim } from "../../../harness/claims/types.ts";
import type { CheckRecord, LatencySeries, RunDocument } from "../../../harness/render/run-document.ts";

const digest = (seed: string): string => seed.repeat(64).slice(0, 64);

interface Operation {
  readonly metric: string;
  readonly title: string;
  readonly sentence: string;
  readonly medianNs: number;
  readonly spread: number;
  readonly n: number;
  readonly limitNs: number;
}

const operations: readonly Operation[] = [
  {
    metric: "bench.sandbox.create",
    title: "Create sandbox",
    sentence: "Creating a sandbox is fast",
    medianNs: 21_400_000,
    spread: 0.16,
    n: 160,
    limitNs: 50_000_000,
  },
  {
    metric: "bench.process.execute",
    title: "Execute process",
    sentence: "Running a command is fast",
    medianNs: 6_120_000,
    spread: 0.3,
    n: 160,
    limitNs: 20_000_000,
  },
  {
    metric: "bench.sandbox.status",
    title: "Get status",
    sentence: "Asking for the status is fast",
    medianNs: 1_280_000,
    spread: 0.3,
    n: 160,
    limitNs: 5_000_000,
  },
  {
    metric: "bench.sandbox.terminate",
    title: "Terminate sandbox",
    sentence: "Ending a sandbox is fast",
    medianNs: 3_910_000,
    spread: 0.22,
    n: 160,
    limitNs: 10_000_000,
  },
  {
    metric: "bench.agent.deploy-one",
    title: "Deploy one agent",
    sentence: "Deploying one agent is fast",
    medianNs: 48_600_000,
    spread: 0.15,
    n: 64,
    limitNs: 100_000_000,
  },
  {
    metric: "bench.agent.deploy-five-parallel",
    title: "Deploy five agents, parallel",
    sentence: "Deploying five agents at once is fast",
    medianNs: 131_000_000,
    spread: 0.12,
    n: 60,
    limitNs: 250_000_000,
  },
  {
    metric: "bench.agent.deploy-five-sequential",
    title: "Deploy five agents, one by one",
    sentence: "Deploying five agents one by one is tolerable",
    medianNs: 244_000_000,
    spread: 0.2,
    n: 20,
    limitNs: 500_000_000,
  },
  {
    metric: "bench.consensus.vote",
    title: "Consensus vote",
    sentence: "A vote of the swarm is fast",
    medianNs: 412_000,
    spread: 0.6,
    n: 400,
    limitNs: 5_000_000,
  },
  {
    metric: "bench.portfolio.update",
    title: "Portfolio update",
    sentence: "Booking a fill is fast",
    medianNs: 183_000,
    spread: 0.7,
    n: 400,
    limitNs: 10_000_000,
  },
  {
    metric: "bench.backtest.year",
    title: "Backtest, one year, three symbols",
    sentence: "A year of three symbols is tested fast",
    medianNs: 8_870_000,
    spread: 0.25,
    n: 100,
    limitNs: 200_000_000,
  },
  {
    metric: "bench.memory.put",
    title: "Write shared memory",
    sentence: "A durable write is fast",
    medianNs: 640_000,
    spread: 0.8,
    n: 300,
    limitNs: 10_000_000,
  },
  {
    metric: "bench.mcp.call",
    title: "MCP tool call",
    sentence: "A tool call over stdio is fast",
    medianNs: 4_460_000,
    spread: 0.4,
    n: 100,
    limitNs: 50_000_000,
  },
];

/** A smooth, skewed, strictly repeatable sequence: no clock, no random source. */
function responses(operation: Operation, censored: number): LatencySeries["responses"] {
  return Array.from({ length: operation.n }, (_, index) => {
    const share = (index + 0.5) / operation.n;
    const skew = Math.log(share / (1 - share)) * 0.55 + (share > 0.97 ? (share - 0.97) * 12 : 0);
    const wobble = ((index * 7_919) % 97) / 9_700;
    return { ns: Math.round(operation.medianNs * Math.exp(skew * operation.spread) * (1 + wobble)), censored: false };
  })
    .sort((a, b) => a.ns - b.ns)
    .map((response, index) =>
      index < operation.n - censored ? response : { ns: operation.limitNs * 2, censored: true },
    );
}

function series(operation: Operation): LatencySeries {
  const values = responses(operation, operation.metric === "bench.mcp.call" ? 2 : 0);
  const serviceNs = values.filter((value) => !value.censored).map((value) => Math.round(value.ns * 0.94));
  return {
    metric: operation.metric,
    title: operation.title,
    provenance: "measured",
    target: "local",
    responses: values,
    serviceNs,
  };
}

const latencies = operations.map((operation) => series(operation));

function plan(id: string, rest: Partial<PlannedClaim>): PlannedClaim {
  return {
    id,
    sentence: "A promise of the sample",
    layer: "production",
    kind: "latency",
    metric: "bench.sample",
    estimator: "quantile.upper",
    qPpm: null,
    confPpm: null,
    unit: "ns",
    threshold: null,
    need: "required",
    plannedN: 60,
    provenanceFloor: "measured",
    ...rest,
  };
}

/** A claim that took over its plan's words, holding. */
export function judged(planned: PlannedClaim, rest: Partial<Claim>): Claim {
  const { id, metric, kind, estimator, qPpm, confPpm, unit, threshold, plannedN } = planned;
  return {
    id,
    metric,
    kind,
    estimator,
    qPpm,
    confPpm,
    unit,
    threshold,
    value: 0,
    n: plannedN,
    over: 0,
    censored: 0,
    dropped: 0,
    excluded: 0,
    clusters: 0,
    attempt: 1,
    provenance: "measured",
    target: "local",
    verdict: "PASS",
    need: null,
    derivedFrom: [{ sha256: digest("c0ffee"), records: plannedN }],
    notes: [],
    ...rest,
  };
}

function latencyPlan(operation: Operation, qPpm: number): PlannedClaim {
  return plan(`c-local.${operation.metric.replace("bench.", "")}.p${qPpm / 10_000}`, {
    sentence: operation.sentence,
    metric: operation.metric,
    qPpm,
    confPpm: 950_000,
    threshold: { op: "<", value: operation.limitNs },
    need: qPpm === 950_000 ? "required" : "info",
    plannedN: operation.n,
  });
}

function latencyClaim(planned: PlannedClaim, index: number): Claim {
  const values = latencies[index]?.responses ?? [];
  const n = values.length;
  const base = { n, clusters: index < 7 ? n : 0, censored: values.filter((value) => value.censored).length };
  const enough = planned.qPpm === 950_000 ? n >= 59 : n >= 299;
  if (!enough)
    return judged(planned, {
      ...base,
      value: null,
      verdict: "INSUFFICIENT",
      need: planned.qPpm === 950_000 ? 59 : 299,
    });
  const bound = values[planned.qPpm === 950_000 ? Math.min(n - 1, Math.ceil(n * 0.985)) : n - 1];
  if (bound === undefined || bound.censored)
    return judged(planned, { ...base, value: null, verdict: "UNDECIDED", need: 153, over: 2 });
  return judged(planned, { ...base, value: bound.ns });
}

const checkRows: readonly (readonly [CheckRecord["layer"], string, string, number])[] = [
  ["backend", "exports", "functions are exported", 31],
  ["backend", "types", "type definitions match runtime", 34],
  ["backend", "create", "create sandbox", 9],
  ["backend", "execute", "execute process", 7],
  ["backend", "concurrent", "concurrent operations (3+)", 12],
  ["mcp", "accessible", "server accessible", 4],
  ["mcp", "tools", "tools registered", 18],
  ["mcp", "schemas", "schemas validate", 96],
  ["mcp", "json-rpc", "JSON-RPC compliance", 14],
  ["cli", "executable", "commands executable", 16],
  ["cli", "help", "help works", 11],
  ["cli", "list", "list shows state", 5],
  ["cli", "health", "health", 4],
  ["trading", "momentum", "deploy momentum", 8],
  ["trading", "backtest", "backtest across agents", 10],
  ["trading", "consensus", "consensus", 13],
  ["trading", "portfolio", "portfolio tracking", 9],
  ["production", "five-agents", "five-agent deployment", 11],
  ["production", "stress", "stress, 100 tasks", 100],
  ["production", "cost", "cost within budget", 6],
  ["production", "sla", "performance meets SLA", 12],
  ["production", "success", "success rate ≥90 %", 3],
  ["production", "readiness", "readiness certification", 22],
];

const checks: readonly CheckRecord[] = checkRows.map(([layer, name, title, observations], index) => ({
  id: `${layer}.${name}`,
  layer,
  title,
  claimId: `c-local.check.${layer}.${name}`,
  observations,
  failed: 0,
  failures: [],
  durationMs: 240 + index * 317,
  state: "passed",
  reason: "",
}));

const checkPlans = checks.map((check) =>
  plan(check.claimId, {
    sentence: `The check "${check.title.replace(/ \(3\+\)|, 100 tasks| ≥90 %/, "")}" holds`,
    layer: check.layer,
    kind: "logic",
    metric: `check.${check.id}`,
    estimator: "count",
    unit: "count",
    threshold: { op: "<=", value: 0 },
    plannedN: check.observations,
  }),
);

const latencyPlans = operations.map((operation) => latencyPlan(operation, 950_000));
const tailPlans = operations.slice(0, 4).map((operation) => latencyPlan(operation, 990_000));
const successPlan = plan("c-local.success.rate", {
  sentence: "Operations succeed",
  kind: "availability",
  metric: "bench.all.success",
  estimator: "proportion.lower",
  confPpm: 950_000,
  unit: "ppm",
  threshold: { op: ">=", value: 900_000 },
  plannedN: 2_084,
});
const costPlan = plan("c-local.cost.run", {
  sentence: "The run stays inside its budget",
  kind: "cost",
  metric: "meter.cost",
  estimator: "cost",
  unit: "microusd",
  threshold: { op: "<=", value: 5_000_000 },
  need: "info",
  plannedN: 211,
});
const orphanPlan = plan("c-local.orphans", {
  sentence: "No sandbox is left behind",
  kind: "safety",
  metric: "check.orphans",
  estimator: "count",
  unit: "count",
  threshold: { op: "<=", value: 0 },
  plannedN: 1,
});
const cloudPlan = plan("c-cloud.sandbox.create.p95", {
  sentence: "Creating a sandbox in E2B's cloud is fast",
  metric: "bench.sandbox.create",
  qPpm: 950_000,
  confPpm: 950_000,
  threshold: { op: "<", value: 5_000_000_000 },
  need: "info",
});

const agents = [
  ["research-agent-a", "market research", "buy", 200_000, 610_000],
  ["research-agent-b", "sentiment", "hold", 150_000, 400_000],
  ["momentum-agent", "momentum", "buy", 250_000, 830_000],
  ["reversion-agent", "mean reversion", "abstain", 250_000, 0],
  ["coordinator", "coordinator", "buy", 150_000, 550_000],
] as const;

/** A run in which everything required holds; local key, so CONDITIONAL. */
export const conditionalDocument: RunDocument = {
  run: {
    id: "run-20261122T004107Z-9f3c1a",
    startedAt: "2026-11-22T00:41:07.120Z",
    finishedAt: "2026-11-22T00:43:51.902Z",
    durationMs: 164_782,
    packageVersion: "0.1.0",
    commit: digest("5a1e9b07c4"),
    dirty: false,
    node: "v20.20.2",
    e2bSdk: "2.51.0",
    target: "local",
    isolation: "bwrap",
    assurance: "A1",
    attempt: 1,
    planSha256: digest("1d7f"),
    manifestSha256: digest("a90c"),
    expiresAt: "2026-12-22T00:43:51.902Z",
  },
  verdict: "CONDITIONAL",
  conditions: [
    "assurance is A1: the evidence is signed with a key of this machine",
    "start with 3 to 5 agents and watch costs in the first week",
  ],
  planned: [
    ...checkPlans,
    ...latencyPlans.map(optionalFew),
    orphanPlan,
    successPlan,
    ...tailPlans,
    costPlan,
    cloudPlan,
  ],
  claims: [
    ...checkPlans.map((planned) => judged(planned, {})),
    ...latencyPlans.map((planned, index) => latencyClaim(planned, index)),
    judged(orphanPlan, {}),
    judged(successPlan, { value: 996_979, n: 2_084, over: 2, censored: 2 }),
    ...tailPlans.map((planned, index) => latencyClaim(planned, index)),
    judged(costPlan, { value: 31_284, verdict: "INFO", provenance: "modelled", n: 211 }),
    judged(cloudPlan, {
      n: 0,
      value: null,
      verdict: "NOT_RUN",
      target: "cloud",
      derivedFrom: [],
      notes: ["no cloud key is set"],
    }),
  ],
  latencies,
  env: {
    cpu: "sample processor",
    cores: 2,
    memoryMiB: 7_936,
    kernel: "6.1.0",
    loadAtStart: "0.42",
    lockfileSha256: digest("77ab"),
  },
  checks,
  layersNotReached: [],
  cost: {
    priceList: { id: "e2b-list", source: "https://e2b.dev/pricing", date: "2025-11-14", sha256: digest("b10c") },
    lines: [
      { what: "vCPU", quantity: 1_929, unit: "vCPU-seconds", microUsd: 27_006, provenance: "modelled" },
      { what: "memory", quantity: 951, unit: "GiB-seconds", microUsd: 4_278, provenance: "modelled" },
    ],
    totalMicroUsd: 31_284,
  },
  topology: {
    nodes: agents.map(([id, role]) => ({ id, role })),
    edges: agents.flatMap(([from], index) => agents.slice(index + 1).map(([to]) => ({ from, to }))),
  },
  decision: {
    action: "buy",
    levelPpm: 664_000,
    ballots: agents.map(([agent, role, action, weightPpm, convictionPpm]) => ({
      agent,
      role,
      action,
      weightPpm,
      convictionPpm,
    })),
  },
  notTested: [
    "E2B's cloud: no key is set, so no cloud claim was run",
    "GPU targets: neither this machine nor the provider offers one",
  ],
  faults: [
    {
      id: "worker-0",
      fault: "kill sandbox",
      phases: { planned: 9e9, attempted: 31_204e6, observed: 31_377e6, healed: 32_940e6 },
    },
    {
      id: "worker-1",
      fault: "kill sandbox",
      phases: { planned: 9e9, attempted: 33_871e6, observed: 34_002e6, healed: null },
    },
    { id: "leader", fault: "cut the stream", phases: { planned: 9e9, attempted: 40e9, observed: null, healed: null } },
  ],
  equity: [
    {
      title: "Crossing averages, AAPL",
      first: "2013-05-13",
      last: "2016-12-30",
      cents: Array.from({ length: 240 }, (_, i) => 1_000_000 + Math.round(90_000 * Math.sin(i / 23)) + i * 700),
    },
  ],
  spending: Array.from({ length: 24 }, (_, i) => ({
    atNs: (i + 1) * 6e9,
    microUsd: Math.round(((i + 1) * 31_284) / 24),
  })),
  signOffs: [],
};

/** Two operations are too rare in the sample to gate, so their claims are optional. */
function optionalFew(planned: PlannedClaim): PlannedClaim {
  const few = planned.metric === "bench.agent.deploy-five-sequential" || planned.metric === "bench.mcp.call";
  return few ? { ...planned, need: "optional" } : planned;
}

function withClaim(doc: RunDocument, id: string, change: Partial<Claim>): RunDocument {
  return { ...doc, claims: doc.claims.map((claim) => (claim.id === id ? { ...claim, ...change } : claim)) };
}

/** Every word and number as above, but signed by an identity, expiring, and without anything left undecided. */
export const certifiedDocument: RunDocument = {
  ...conditionalDocument,
  verdict: "CERTIFIED",
  conditions: [],
  notTested: [],
  run: { ...conditionalDocument.run, assurance: "A2" },
  planned: conditionalDocument.planned.filter((planned) => planned.need === "required"),
  claims: conditionalDocument.claims.filter((claim) =>
    conditionalDocument.planned.some((planned) => planned.id === claim.id && planned.need === "required"),
  ),
};

/** A defect was found in one check. */
export const refusedDocument: RunDocument = {
  ...withClaim(conditionalDocument, "c-local.check.backend.execute", { verdict: "FAIL", value: 1, over: 1 }),
  verdict: "REFUSED",
  conditions: [],
  checks: checks.map((check) =>
    check.id === "backend.execute"
      ? {
          ...check,
          state: "failed",
          failed: 1,
          failures: [{ what: "exit code of `exit 7`", expected: '{"exitCode":7}', observed: '{"exitCode":0}' }],
        }
      : check,
  ),
};

/** No isolation on the machine, and a layer that was never reached. */
export const blindDocument: RunDocument = {
  ...withClaim(conditionalDocument, "c-local.orphans", {
    verdict: "NOT_RUN",
    n: 0,
    value: null,
    derivedFrom: [],
    notes: ["no isolation on this machine"],
  }),
  verdict: "INCOMPLETE",
  conditions: [],
  run: { ...conditionalDocument.run, isolation: "none", expiresAt: null },
  layersNotReached: ["trading"],
};
