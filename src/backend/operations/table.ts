// The one table of operations: names, texts and effects. Handlers are loaded only when an operation is called, so that
// printing help or listing tools costs nothing.
import type { Operation } from "../../contracts/operation.ts";

export const operationTable = [
  {
    name: "createE2bSandbox",
    title: "Create sandboxes",
    description: "Starts isolated sandboxes from a template, in parallel, and waits until each answers",
    effect: "write",
    idempotent: false,
    aliases: ["createE2BSandbox", "create_e2b_sandbox"],
    input: "create.input",
    output: "create.output",
  },
  {
    name: "listE2bSandboxes",
    title: "List sandboxes",
    description: "Lists the sandboxes the target knows, by status",
    effect: "read",
    idempotent: true,
    aliases: ["listE2BSandboxes", "list_e2b_sandboxes"],
    input: "list.input",
    output: "list.output",
  },
  {
    name: "getE2bSandboxStatus",
    title: "Sandbox status",
    description: "Asks the target for one sandbox: state, uptime, resource use, processes",
    effect: "read",
    idempotent: true,
    aliases: ["getE2BSandboxStatus", "get_e2b_sandbox_status"],
    input: "status.input",
    output: "status.output",
  },
  {
    name: "executeE2bProcess",
    title: "Execute a process",
    description: "Runs a command inside a sandbox and returns its exit code, stdout and stderr",
    effect: "write",
    idempotent: false,
    aliases: ["executeE2BProcess", "execute_e2b_process"],
    input: "execute.input",
    output: "execute.output",
  },
  {
    name: "terminateE2bSandbox",
    title: "Terminate a sandbox",
    description: "Ends a sandbox and everything in it, and waits until the target no longer knows it",
    effect: "destructive",
    idempotent: true,
    aliases: ["terminateE2BSandbox", "terminate_e2b_sandbox"],
    input: "terminate.input",
    output: "terminate.output",
  },
  {
    name: "runE2bAgent",
    title: "Deploy an agent",
    description: "Starts an agent program inside a sandbox and returns its signed proposals for real prices",
    effect: "write",
    idempotent: false,
    aliases: ["runE2BAgent", "run_e2b_agent"],
    input: "deploy.input",
    output: "deploy.output",
  },
  {
    name: "executeSwarmStrategy",
    title: "Run the swarm",
    description:
      "Deploys the five-role swarm, lets it vote on each symbol, books what it decides on paper, and on request sends it to a paper broker",
    effect: "write",
    idempotent: false,
    aliases: ["execute_swarm_strategy"],
    input: "decide.input",
    output: "decide.output",
  },
  {
    name: "backtest",
    title: "Backtest a strategy",
    description:
      "Replays a strategy over recorded prices with costs and next-open fills; no statement about future results",
    // With `agents` it makes sandboxes, with `page` it writes a file.
    effect: "write",
    idempotent: false,
    aliases: [],
    input: "backtest.input",
    output: "backtest.output",
  },
  {
    name: "simulate",
    title: "Simulate the swarm",
    description:
      "Runs the swarm's own core in virtual time with seeded faults, checks its laws at every step and reports bit-equal results",
    effect: "read",
    idempotent: true,
    aliases: [],
    input: "simulate.input",
    output: "simulate.output",
  },
  {
    name: "getFantasyData",
    title: "Sports and fantasy data",
    description:
      "Asks Sleeper, ESPN and The Odds API for a league: season, trending players, games, prices without margin; each with source and age",
    effect: "read",
    idempotent: true,
    aliases: ["get_fantasy_data"],
    input: "fantasy.input",
    output: "fantasy.output",
  },
  {
    name: "monitorE2bHealth",
    title: "Health",
    description: "Compares what is recorded here with what the target says, and probes each part",
    effect: "read",
    idempotent: true,
    aliases: ["monitorE2BHealth", "monitor_e2b_health"],
    input: "health.input",
    output: "health.output",
  },
  {
    name: "validate",
    title: "Validate",
    description: "Runs the five suites and the benchmark on the target and writes a report bound to raw evidence",
    effect: "write",
    idempotent: false,
    aliases: [],
    input: "validate.input",
    output: "validate.output",
  },
  {
    name: "verify",
    title: "Verify a report",
    description: "Recomputes every number of a report from its evidence in a fresh process",
    effect: "read",
    idempotent: true,
    aliases: [],
    input: "verify.input",
    output: "verify.output",
  },
  {
    name: "getVersion",
    title: "Version",
    description: "Versions of this package, of Node and of the E2B SDK",
    effect: "read",
    idempotent: true,
    aliases: ["get_version"],
    input: "version.input",
    output: "version.output",
  },
] as const satisfies readonly Operation[];

export type OperationRow = (typeof operationTable)[number];
export type OperationName = OperationRow["name"];

/** Looks an operation up by its canonical name or a documented alias; null when there is none. */
export function findOperation(name: string): OperationRow | null {
  for (const row of operationTable) {
    const aliases: readonly string[] = row.aliases;
    if (row.name === name || aliases.includes(name)) return row;
  }
  return null;
}
