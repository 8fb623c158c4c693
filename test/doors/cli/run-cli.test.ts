import { describe, expect, test } from "vitest";
import { commandSpecs } from "../../../src/doors/cli/commands/command-specs.ts";
import { document, drive } from "./drive.ts";

const swarmId = `swarm_${"4h6k".repeat(4)}`;
const deploymentId = `deployment_${"4h6k".repeat(4)}`;
/** Families of commands: two words name one. */
const families = ["swarm", "template"];

/** One good line per command, the call it must become, and the exit code. */
const good: readonly {
  words: string[];
  call?: { name: string; input: unknown };
  code?: number;
}[] = [
  {
    words: ["create", "-t", "node", "-c", "2", "-n", "x", "--timeout", "5m", "--env", "A=b=c", "--env", "D="],
    call: {
      name: "createE2bSandbox",
      input: { template: "node", count: 2, name: "x", timeoutSeconds: 300, envVars: { A: "b=c", D: "" } },
    },
  },
  { words: ["list", "-s", "running"], call: { name: "listE2bSandboxes", input: { status: "running" } } },
  { words: ["status", "sbx1"], call: { name: "getE2bSandboxStatus", input: { sandboxId: "sbx1" } } },
  {
    words: ["exec", "sbx1", "--cwd", "/tmp", "--timeout", "500ms", "--", "ls", "-la", "--json"],
    call: {
      name: "executeE2bProcess",
      input: { sandboxId: "sbx1", cwd: "/tmp", timeoutSeconds: 0.5, command: "ls", args: ["-la", "--json"] },
    },
  },
  {
    words: ["exec", "sbx1", "--exit-code", "--", "a | b"],
    call: { name: "executeE2bProcess", input: { sandboxId: "sbx1", command: "a | b" } },
    code: 3,
  },
  {
    words: ["destroy", "sbx1", "--yes"],
    call: { name: "terminateE2bSandbox", input: { sandboxId: "sbx1", force: false } },
  },
  {
    words: ["deploy", "-a", "momentum", "-s", "AAPL,^GSPC", "--param", "window=20", "--use-gpu", "--sandbox", "sbx1"],
    call: {
      name: "runE2bAgent",
      input: {
        agentType: "momentum",
        symbols: ["AAPL", "^GSPC"],
        strategyParams: { window: 20 },
        useGpu: true,
        sandboxId: "sbx1",
      },
    },
  },
  {
    words: ["execute", "-s", "reference", "--symbols", "AAPL", "--as-of", "2017-06-30"],
    call: { name: "executeSwarmStrategy", input: { strategy: "reference", symbols: ["AAPL"], asOf: "2017-06-30" } },
  },
  {
    words: ["backtest", "-s", "roc", "--start", "2024-01-02", "--symbols", "BTC/USD", "--feed", "ccxt:kraken"],
    call: {
      name: "backtest",
      input: { strategy: "roc", start: "2024-01-02", symbols: ["BTC/USD"], feed: "ccxt:kraken" },
    },
  },
  {
    words: ["fantasy", "nba", "--sources", "odds", "--markets", "h2h,spreads", "--max-quote-age", "60"],
    call: {
      name: "getFantasyData",
      input: { sport: "nba", sources: ["odds"], markets: ["h2h", "spreads"], maxQuoteAgeSeconds: 60 },
    },
  },
  {
    words:
      "execute --sizing kelly --sizing-fraction 0.5 --limit grossPct=50 --limit drawdownPct=10 --broker loopback --order-run monday".split(
        " ",
      ),
    call: {
      name: "executeSwarmStrategy",
      input: {
        sizing: "kelly",
        sizingFraction: 0.5,
        limits: { grossPct: 50, drawdownPct: 10 },
        broker: "loopback",
        orderRun: "monday",
      },
    },
  },
  {
    words: ["execute", "sbx1", "--", "node", "--version"],
    call: { name: "executeE2bProcess", input: { sandboxId: "sbx1", command: "node", args: ["--version"] } },
  },
  {
    words: [
      "backtest",
      "-s",
      "momentum",
      "--start",
      "2016-07-01",
      "--cost-bps",
      "5",
      "--cash",
      "1e4",
      "--param",
      "n=2",
    ],
    call: {
      name: "backtest",
      input: { strategy: "momentum", start: "2016-07-01", costBps: 5, cash: 10_000, params: { n: 2 } },
    },
  },
  {
    words: ["simulate", "--agents", "50", "--hours", "1", "--seed", "7", "--min-agents", "10", "--no-growth"],
    call: { name: "simulate", input: { agents: 50, hours: 1, seed: 7, minAgents: 10, growth: false } },
  },
  {
    words: ["health", "--detailed"],
    call: { name: "monitorE2bHealth", input: { includeAllSandboxes: true } },
    code: 1,
  },
  {
    words: ["validate", "--layers", "cli,mcp", "--no-bench", "--out", "r"],
    call: { name: "validate", input: { layers: ["cli", "mcp"], bench: false, out: "r" } },
    code: 3,
  },
  {
    words: ["validate", "--plan", "p", "--shard", "2/3", "--profile", "readiness", "--confirm-cost"],
    call: { name: "validate", input: { plan: "p", shard: "2/3", profile: "readiness", confirmCost: true } },
    code: 3,
  },
  {
    words: ["validate", "--merge", "a,b"],
    call: { name: "validate", input: { merge: ["a", "b"] } },
    code: 3,
  },
  {
    words: ["plan", "--profile", "soak", "--shards", "2", "--out", "p", "--target", "cloud"],
    call: { name: "planValidation", input: { forTarget: "cloud", profile: "soak", shards: 2, out: "p" } },
  },
  {
    words: ["bench", "--profile", "stress", "--out", "b"],
    call: { name: "benchmark", input: { profile: "stress", out: "b" } },
  },
  {
    words: ["verify", "reports/latest", "--integrity-only"],
    call: { name: "verify", input: { folder: "reports/latest", integrityOnly: true } },
  },
  {
    words: ["audit", "report.md", "--evidence", "reports/latest", "--most", "7"],
    call: { name: "audit", input: { report: "report.md", evidence: "reports/latest", most: 7 } },
    code: 6,
  },
  {
    words: ["report", "reports/latest", "--format", "html,sarif", "--out", "drawn"],
    call: { name: "report", input: { folder: "reports/latest", formats: ["html", "sarif"], out: "drawn" } },
  },
  {
    words: ["diff", "reports/a", "reports/b", "--control", "reports/c", "--margin-ppm", "50000"],
    call: {
      name: "diff",
      input: { before: "reports/a", after: "reports/b", control: "reports/c", marginPpm: 50_000 },
    },
  },
  {
    words: ["swarm", "init", "-t", "star", "--max-agents", "4", "--auto-scale", "--timeout", "2h"],
    call: {
      name: "initE2bSwarm",
      input: { topology: "star", maxAgents: 4, autoScale: true, timeoutSeconds: 7_200 },
    },
  },
  {
    words: ["swarm", "deploy", swarmId, "-a", "momentum", "-s", "AAPL,^GSPC", "--param", "lookback=60"],
    call: {
      name: "deployTradingAgent",
      input: { swarmId, agentType: "momentum", symbols: ["AAPL", "^GSPC"], strategyParams: { lookback: 60 } },
    },
  },
  {
    words: ["swarm", "status", swarmId, "--no-agents"],
    call: { name: "getSwarmStatus", input: { swarmId, includeAgents: false } },
  },
  { words: ["swarm", "list"], call: { name: "listE2bSwarms", input: {} } },
  { words: ["swarm", "agents", swarmId], call: { name: "listSwarmAgents", input: { swarmId } } },
  { words: ["swarm", "agent", swarmId, "a"], call: { name: "getAgentStatus", input: { swarmId, agentId: "a" } } },
  {
    words: ["swarm", "stop", swarmId, "a", "--yes"],
    call: { name: "stopSwarmAgent", input: { swarmId, agentId: "a" } },
  },
  { words: ["swarm", "restart", swarmId, "a"], call: { name: "restartSwarmAgent", input: { swarmId, agentId: "a" } } },
  {
    words: ["swarm", "scale", swarmId, "-c", "3", "--mode", "immediate"],
    call: { name: "scaleSwarm", input: { swarmId, targetAgents: 3, scaleMode: "immediate" } },
  },
  {
    words: ["swarm", "health", swarmId, "--alert", "failure=0.5"],
    call: { name: "monitorSwarmHealth", input: { swarmId, alerts: { failure: 0.5 } } },
  },
  {
    words: ["swarm", "metrics", swarmId, "--range", "1h"],
    call: { name: "getSwarmMetrics", input: { swarmId, timeRange: "1h" } },
  },
  {
    words: ["swarm", "rebalance", swarmId, "--threshold", "0.1"],
    call: { name: "rebalanceSwarm", input: { swarmId, threshold: 0.1 } },
  },
  {
    words: ["swarm", "performance", swarmId, "--range", "7d"],
    call: { name: "getSwarmPerformance", input: { swarmId, timeRange: "7d" } },
  },
  { words: ["agents", "--swarm", swarmId], call: { name: "listSwarmAgents", input: { swarmId } } },
  {
    words: ["scale", "-c", "3", "--swarm", swarmId],
    call: { name: "scaleSwarm", input: { swarmId, targetAgents: 3 } },
  },
  {
    words: ["template", "deploy", "node", "-c", "trading", "--set", "strategy=momentum", "--set", 'symbols=["AAPL"]'],
    call: {
      name: "deployE2bTemplate",
      input: { templateName: "node", category: "trading", configuration: { strategy: "momentum", symbols: ["AAPL"] } },
    },
  },
  {
    words: ["template", "scale", deploymentId, "--count", "3"],
    call: { name: "scaleE2bDeployment", input: { deploymentId, instanceCount: 3 } },
  },
  {
    words: ["template", "export", "sbx1", "mine", "--include-data"],
    call: { name: "exportE2bTemplate", input: { sandboxId: "sbx1", templateName: "mine", includeData: true } },
  },
  {
    words: ["monitor", "--once", "--alert", "budgetShare=0.5"],
    call: { name: "getE2bMonitor", input: { alerts: { budgetShare: 0.5 } } },
  },
  {
    words: ["swarm", "shutdown", swarmId, "--grace", "5s", "--force"],
    call: { name: "shutdownSwarm", input: { swarmId, gracePeriodSeconds: 5, force: true } },
  },
  {
    words: ["execute", "--swarm", swarmId, "--decide-within", "1m"],
    call: { name: "executeSwarmStrategy", input: { swarmId, decideWithinSeconds: 60 } },
  },
  { words: ["local", "status"] },
  { words: ["mcp"] },
  { words: ["serve", "--verify-audit"] },
  { words: ["completion", "bash"] },
];

describe("every command", () => {
  test("has a good line in this file", () => {
    const named = good.map(({ words: [first = "", second] }) => {
      return families.includes(first) ? `${first} ${second}` : first;
    });
    expect(new Set(named)).toEqual(new Set(commandSpecs.map(({ name }) => name)));
  });

  test.each(good)("$words becomes one call", async ({ words, call, code = 0 }) => {
    const driven = await drive(words);

    expect(driven.backend.calls).toEqual(call === undefined ? [] : [call]);
    expect(driven.code).toBe(code);
    expect(driven.backend.closed()).toBe(call === undefined ? 0 : 1);
  });

  test.each(good.filter(({ words }) => words[0] !== "mcp"))("$words prints one document under --json", async (row) => {
    const driven = await drive(["--json", ...row.words]);
    const found = document(driven);
    expect(Object.keys(found)).toEqual(["schema", "ok", "data", "meta"]);
    expect(found).toMatchObject({ schema: "e2b-swarm/cli/1", ok: true });
    expect(Object.keys(found.meta)).toEqual(["run_id", "duration_ms", "target", "isolation"]);
    expect(driven.code).toBe(row.code ?? 0);
    expect(driven.stderr).toBe("");
  });

  test.each(commandSpecs.map(({ name }) => name))("%s has help with an example", async (name) => {
    const driven = await drive([...name.split(" "), "--help"]);
    expect(driven).toMatchObject({ code: 0, stderr: "" });
    expect(driven.stdout).toContain(`Usage: e2b-swarm ${name}`);
    expect(driven.stdout).toContain("Examples:\n");
    expect(driven.backend.opened).toEqual([]);
  });
});
