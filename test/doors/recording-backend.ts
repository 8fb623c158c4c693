// A backend with other insides: it checks input and output with the real schemas, as the real one does, and answers from a
// table, so that a test of a door sees exactly what the door asked for. What it answers is never read as a measurement.
import { courtAnswers } from "./court-answers.ts";
import { liveAnswers } from "./live-answers.ts";
import { monitorLook } from "./monitor-look.ts";
import type { BackendOptions, OperationOutput } from "../../src/backend/backend.ts";
import type { DoorBackend } from "../../src/doors/door-backend.ts";
import { findOperation, type OperationName } from "../../src/backend/operations/table.ts";
import type { OperationContext } from "../../src/contracts/operation.ts";
import { parse } from "../../src/contracts/parse.ts";
import type { TargetLabel } from "../../src/contracts/target.ts";

export type Answer = (input: Record<string, unknown>, context: Partial<OperationContext>) => unknown;

export interface RecordingBackend extends DoorBackend {
  readonly calls: { name: string; input: unknown }[];
  readonly opened: BackendOptions[];
  readonly closed: () => number;
  readonly open: (options: BackendOptions) => Promise<DoorBackend>;
}

const at = "2026-01-02T03:04:05.000Z";
export const sandbox = {
  sandboxId: "sbx1",
  name: "node-sbx1",
  template: "node",
  status: "running",
  createdAt: at,
  endAt: "2026-01-02T03:09:05.000Z",
  resources: { cpuCount: 1, memoryMb: 512 },
  url: "http://127.0.0.1:49982",
};

const fantasy = {
  status: "ok",
  source: "Sleeper",
  unofficial: false,
  addresses: ["https://api.sleeper.app/v1/state/nfl"],
  retrievedAt: at,
  ageSeconds: 3,
  season: "2025",
  seasonType: "regular",
  week: 1,
  adds: [{ playerId: "9509", count: 120, name: null, team: null }],
  drops: [],
};

const sha = "0".repeat(64);
const simulatedRun = {
  seed: 1,
  agents: 3,
  hours: 1,
  tasks: { offered: 1, accepted: 1, done: 1, dead: 0, refusedFull: 0, leases: 1, fenced: 0 },
  turnaround: { n: 1, p50Ms: 1, p99Ms: 1, maxMs: 1 },
  votes: { asked: 0, traded: 0, noTrade: 0, noPanel: 0, undecided: 0 },
  agentsSeen: { most: 3, least: 3, started: 3, escalated: 0 },
  coordinators: { epochs: 1, staleWritesRefused: 0 },
  messages: { sent: 2, hops: 2, beats: 9 },
  faults: [{ kind: "kill", planned: 1, attempted: 1, observed: 1, healed: 1, detection: null, downtime: null }],
  invariants: [{ name: "fences rise", checks: 1 }],
  events: 4,
  steps: 5,
  cost: { provenance: "simulated", priceList: "e2b-list", priceListSha256: sha, sandboxSeconds: 9, totalMicroUsd: 1 },
  traceSha256: sha,
};
const member = { agentId: "agent_1", role: "momentum", weightPpm: 1_000_000, publicKey: "key" };
const decision = {
  round: "r1",
  symbol: "AAPL",
  action: "buy",
  reason: "agreed",
  consensusLevelPpm: 800_000,
  convictionPpm: 500_000,
  assignedWeightPpm: 1_000_000,
  votedWeightPpm: 1_000_000,
  rule: { quorum: { num: 2, den: 3 }, threshold: { num: 1, den: 2 }, deadbandPpm: 0 },
  members: [member],
  ballots: [
    { agentId: "agent_1", round: "r1", vote: "buy", convictionPpm: 500_000, inputsSha256: sha, signature: "sig" },
  ],
  rejected: [],
};

const proposal = {
  agentId: "agent_1",
  role: "momentum",
  round: "r1",
  symbol: "AAPL",
  vote: "buy",
  conviction: 0.5,
  strategy: "momentum",
  figures: { lastClose: 100 },
  inputsSha256: sha,
};

/** One acceptable answer per operation. */
export const answers: Readonly<Record<OperationName, Answer>> = {
  createE2bSandbox: (input) => ({
    sandboxes: Array.from({ length: Number(input.count) }, (_, i) => ({ ...sandbox, sandboxId: `sbx${i + 1}` })),
  }),
  listE2bSandboxes: () => ({ sandboxes: [sandbox, { ...sandbox, sandboxId: "sbx2" }], total: 2 }),
  getE2bSandboxStatus: (input) => ({
    ...sandbox,
    sandboxId: input.sandboxId,
    uptimeSeconds: 12,
    metrics: { cpuPercent: 1.5, memoryUsedMb: 64, diskUsedMb: 2 },
    processesRunning: 1,
  }),
  executeE2bProcess: (input) => ({
    sandboxId: input.sandboxId,
    command: input.command,
    exitCode: 3,
    stdout: "out without newline",
    stderr: "warn\n",
    processId: 7,
    executionTimeMs: 4.5,
    timedOut: false,
  }),
  terminateE2bSandbox: (input) => ({
    sandboxId: input.sandboxId,
    status: "terminated",
    terminatedAt: at,
    message: "ended",
  }),
  runE2bAgent: (input) => ({
    agentId: "agent_1",
    agentType: input.agentType,
    sandboxId: "sbx1",
    symbols: ["AAPL"],
    status: "completed",
    deployedAt: at,
    readyMs: 40,
    proposals: [proposal],
  }),
  getE2bMonitor: () => monitorLook,
  deployE2bTemplate: ({ templateName, category }) => ({
    deploymentId: `deployment_${"4h6k".repeat(4)}`,
    sandboxId: "sbx1",
    template: templateName ?? "node",
    category: category ?? "custom",
    status: "running",
    configurationSha256: sha,
    agentId: null,
    deployedAt: at,
    endsAt: at,
  }),
  scaleE2bDeployment: () => ({
    deploymentId: `deployment_${"4h6k".repeat(4)}`,
    previousInstances: 1,
    instances: [
      { sandboxId: "sbx1", status: "running" },
      { sandboxId: "sbx2", status: "running" },
    ],
    totalInstances: 2,
    created: ["sbx2"],
    destroyed: [],
  }),
  exportE2bTemplate: ({ sandboxId, templateName, includeData }) => ({
    templateId: "local/mine:default",
    templateName: templateName ?? "mine",
    sandboxId,
    status: "exported",
    includesData: includeData === true,
    exportedAt: at,
    sizeMb: 12.5,
  }),
  ...liveAnswers,
  executeSwarmStrategy: () => ({
    executionId: "exec_1",
    status: "completed",
    startedAt: at,
    completedAt: at,
    agents: [{ agentId: "agent_1", role: "momentum", sandboxId: "sbx1", template: "node", memoryKey: "k" }],
    decisions: [
      {
        symbol: "AAPL",
        asOf: "2017-06-30",
        decision,
        answers: [{ proposal, signature: "sig" }],
        orders: [{ symbol: "AAPL", side: "buy", quantity: 3 }],
        clamps: [{ limit: "gross", beforePpm: 9, afterPpm: 8, limitPpm: 8, reason: "most" }],
        fill: { date: "2017-07-03", priceMicroUsd: 100_000_000, quantity: 3, feeMicroUsd: 1_000 },
      },
    ],
    portfolio: { cashMicroUsd: 700_000_000, positionsMicroUsd: 300_000_000, equityMicroUsd: 1_000_000_000 },
    cost: { priceList: "e2b-list", currency: "USD", totalMicroUsd: 12, sandboxSeconds: 0.5, provenance: "measured" },
  }),
  backtest: (input) => ({
    backtestId: "bt_1",
    strategy: input.strategy,
    completedAt: at,
    results: [
      {
        symbol: "AAPL",
        strategy: input.strategy,
        source: "fixture",
        sha256: sha,
        closeOnly: false,
        synthetic: false,
        first: "2016-07-01",
        last: "2017-07-01",
        bars: 252,
        metrics: { totalReturn: 0.1234567, sharpe: null },
        oneBarLag: { totalReturn: 0.1, sharpe: null },
        trades: [],
        lookAheadCheck: "passed",
        evidence: {
          costLadder: [{ costBps: 20, returnPct: 12 }],
          breakEvenBps: null,
          futureScramble: "passed",
          probabilisticSharpe: 0.5,
          deflatedSharpe: null,
          trials: 1,
          overfitting: null,
          noEdge: null,
          monteCarlo: null,
        },
        certificate: { sha256: "c".repeat(64), checks: [{ name: "prefix invariance", outcome: "passed" }] },
        note: "recorded prices, no statement about future results",
      },
    ],
  }),
  simulate: () => ({
    report: {
      provenance: "simulated",
      command: "e2b-swarm simulate --seed 1",
      model: { id: "m", sha256: sha, note: "n", series: [] },
      run: simulatedRun,
      seeds: [],
      growth: [{ agents: 3, tasks: 1, events: 9, steps: 5, eventsPerAgent: 3, traceSha256: sha }],
      topologies: [],
    },
    wall: { reproducible: false, sizes: [{ agents: 3, seconds: 0.5, agentsPerSecond: 6, eventsPerSecond: 18 }] },
  }),
  monitorE2bHealth: () => ({
    status: "degraded",
    target: "local",
    isolation: "bwrap",
    sandboxes: { total: 2, running: 1, lost: 1 },
    agents: { total: 0, active: 0 },
    checks: [{ name: "control-plane", ok: true, detail: "answers" }],
    issues: ["1 sandbox is recorded here but unknown to the target"],
  }),
  ...courtAnswers,
  getFantasyData: () => ({
    sport: "nfl",
    askedAt: at,
    fantasy,
    odds: { status: "not-offered", code: null, reason: "no" },
  }),
  getVersion: () => ({ version: "0.1.0", node: "20.20.2", e2bSdk: "2.51.0" }),
};

export function recordingBackend(
  overrides: Partial<Record<OperationName, Answer>> = {},
  label: TargetLabel = { target: "local", isolation: "bwrap" },
): RecordingBackend {
  const calls: { name: string; input: unknown }[] = [];
  const opened: BackendOptions[] = [];
  let closed = 0;
  const backend: RecordingBackend = {
    label,
    calls,
    opened,
    closed: () => closed,
    open: async (options) => {
      opened.push(options);
      return backend;
    },
    async call<Name extends OperationName>(name: Name, input: unknown, context: Partial<OperationContext> = {}) {
      const row = findOperation(name);
      if (row === null) throw new Error(`no operation ${name}`);
      const parsed = parse(row.input, input);
      calls.push({ name, input });
      const output: unknown = await (overrides[name] ?? answers[name])(parsed as Record<string, unknown>, context);
      return parse(row.output, output, "internal") as OperationOutput<Name>;
    },
    close: async () => {
      closed += 1;
    },
  };
  return backend;
}
