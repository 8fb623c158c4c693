import { describe, expect, test } from "vitest";
import { commandSpecs } from "../../../src/doors/cli/commands/command-specs.ts";
import { document, drive } from "./drive.ts";

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
    words: ["verify", "reports/latest", "--integrity-only"],
    call: { name: "verify", input: { folder: "reports/latest", integrityOnly: true } },
  },
  { words: ["local", "status"] },
  { words: ["mcp"] },
];

describe("every command", () => {
  test("has a good line in this file", () => {
    expect(new Set(good.map(({ words }) => words[0]))).toEqual(new Set(commandSpecs.map(({ name }) => name)));
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
    const driven = await drive([name, "--help"]);
    expect(driven).toMatchObject({ code: 0, stderr: "" });
    expect(driven.stdout).toContain(`Usage: e2b-swarm ${name}`);
    expect(driven.stdout).toContain("Examples:\n");
    expect(driven.backend.opened).toEqual([]);
  });
});
