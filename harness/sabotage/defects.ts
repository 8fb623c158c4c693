// Defects that are planted into a copy of the package to see which checks notice. Pure data, judged by plant.ts. Law: a check
// that stays green under the defect it names is no check, and one that turns red under somebody else's defect says nothing.
import type { Layer } from "../claims/checks.ts";

export interface Edit {
  /** Path below `dist/`. */
  readonly file: string;
  /** Text that stands exactly once in the compiled file. */
  readonly find: string;
  readonly replace: string;
}

export interface Defect {
  readonly id: string;
  /** The suite that must notice it. */
  readonly layer: Layer;
  readonly sentence: string;
  /** One idea may be compiled into several files: the programs for sandboxes are bundles of their own. */
  readonly edits: readonly Edit[];
  /** Ids of the checks that turn red, no more and no fewer. */
  readonly expectRed: readonly string[];
}

export const defects: readonly Defect[] = [
  {
    id: "execute-ignores-exit-code",
    layer: "backend",
    sentence: "A command reports success whatever its exit code was",
    edits: [
      {
        file: "src/sandboxes/execute.js",
        find: "const exitCode = timedOut ? -1 : ending.exitCode;",
        replace: "const exitCode = 0;",
      },
    ],
    expectRed: ["backend.execute"],
  },
  {
    id: "create-ignores-template",
    layer: "backend",
    sentence: "Whatever template is asked for, the sandbox is made from another one",
    edits: [
      {
        file: "src/sandboxes/create.js",
        find: "Sandbox.create(wanted.targetTemplate, {",
        replace: 'Sandbox.create(wanted.targetTemplate === "node" ? "base" : wanted.targetTemplate, {',
      },
    ],
    expectRed: ["backend.create"],
  },
  {
    id: "tool-drops-field",
    layer: "mcp",
    sentence: "A tool leaves a field out of its answer",
    edits: [
      {
        file: "src/doors/mcp/call-tool.js",
        find: "structuredContent: output };",
        replace: "structuredContent: (({ total, ...rest }) => rest)(output) };",
      },
    ],
    expectRed: ["mcp.schemas"],
  },
  {
    id: "tool-drops-argument",
    layer: "mcp",
    sentence: "A tool forgets an argument on the way to its operation",
    edits: [
      {
        file: "src/doors/mcp/call-tool.js",
        find: "await opened.call(row.name, input, context)",
        replace: "await opened.call(row.name, (({ cwd, ...rest }) => rest)(input), context)",
      },
    ],
    expectRed: ["mcp.schemas"],
  },
  {
    id: "parse-error-code",
    layer: "mcp",
    sentence: "Malformed JSON is answered with the code of another error",
    edits: [
      {
        file: "src/doors/mcp/line-filter.js",
        find: "const parseError = -32_700;",
        replace: "const parseError = -32_600;",
      },
    ],
    expectRed: ["mcp.jsonrpc"],
  },
  {
    id: "unknown-id-exits-0",
    layer: "cli",
    sentence: "A command about an unknown sandbox ends with exit code 0",
    edits: [
      {
        file: "src/doors/cli/run-cli.js",
        find: "return failure === null ? (outcome?.exitCode ?? 0) : failure.row.exitCode;",
        replace:
          'return failure === null || failure.code === "sandbox.not-found" ? (outcome?.exitCode ?? 0) : failure.row.exitCode;',
      },
    ],
    expectRed: ["cli.list"],
  },
  {
    id: "degraded-exits-0",
    layer: "cli",
    sentence: "Health says degraded and ends with exit code 0",
    edits: [
      {
        file: "src/doors/cli/commands/health.js",
        find: 'exitCode: output.status === "healthy" ? 0 : 1,',
        replace: "exitCode: 0,",
      },
    ],
    expectRed: ["cli.health"],
  },
  {
    id: "strategy-peeks-ahead",
    layer: "trading",
    sentence: "A strategy compares with the close of the next bar",
    edits: [
      {
        file: "src/strategies/rules/boll-revert.js",
        find: "const price = at(close, bar);",
        replace: "const price = at(close, bar + 1);",
      },
    ],
    expectRed: ["trading.backtest"],
  },
  {
    id: "unreferenced-strategy-peeks-ahead",
    layer: "trading",
    sentence: "A strategy without a reference result looks at the change of the next bar",
    edits: [
      {
        file: "src/strategies/rules/roc-follow.js",
        find: "const value = at(change, bar);",
        replace: "const value = at(change, bar + 1);",
      },
    ],
    expectRed: ["trading.backtest"],
  },
  {
    id: "agent-forgets-skip",
    layer: "trading",
    sentence: "The agent in the sandbox counts the last month that its strategy leaves out",
    edits: [
      {
        file: "programs/agent.mjs",
        find: "at(close, bar - skip) / at(close, bar - lookback) - 1;",
        replace: "at(close, bar) / at(close, bar - lookback) - 1;",
      },
    ],
    expectRed: ["trading.momentum"],
  },
  {
    id: "tie-trades",
    layer: "trading",
    sentence: "A tie of the votes counts as agreement",
    edits: [
      {
        file: "src/consensus/decide.js",
        find: 'return tally.buy + tally.sell > 0n ? "tie" : "deadband";',
        replace: 'return tally.buy + tally.sell > 0n ? "agreed" : "deadband";',
      },
    ],
    expectRed: ["trading.consensus"],
  },
  {
    id: "cost-meter-zero",
    layer: "production",
    sentence: "Running time costs nothing",
    edits: [
      {
        file: "src/costs/price-of.js",
        find: "const runtimeMicroUsd = dividedUp(hourly * ranNs, mibPerGib * nsPerHour * picoPerMicro);",
        replace: "const runtimeMicroUsd = 0;",
      },
    ],
    expectRed: ["production.cost"],
  },
  {
    id: "failed-deployment-left-over",
    layer: "production",
    sentence: "A deployment that cannot be whole keeps what it had started",
    edits: [
      {
        file: "src/sandboxes/open-sandboxes.js",
        find: "await Promise.allSettled(made.map(({ sandboxId }) => terminate(reach, sandboxId)));",
        replace: "",
      },
    ],
    expectRed: ["production.deploy-five"],
  },
  {
    id: "host-name-leaks",
    layer: "production",
    sentence: "A sandbox carries another host name than its own",
    edits: [
      {
        file: "src/local/isolation/bwrap-args.js",
        find: '["--hostname", hostName,',
        replace: '["--hostname", "leak",',
      },
    ],
    expectRed: ["production.isolation"],
  },
];
