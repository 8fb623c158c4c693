// `deploy`: starts one agent in a sandbox and prints what it proposes.
import { alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList, asNumberPairs } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

export const deployCommand: CommandSpec = {
  name: "deploy",
  group: "Swarm",
  summary: "Start one agent in a sandbox and print its signed proposals",
  schema: "deploy.input",
  operands: [],
  options: [
    { flags: "-a, --agent <type>", key: "agentType", mandatory: true },
    {
      flags: "-s, --symbols <list>",
      key: "symbols",
      text: "symbols of the installed series, comma between",
      read: asList,
    },
    { flags: "--sandbox <id>", key: "sandboxId" },
    {
      flags: "--param <key=number>",
      key: "strategyParams",
      text: "parameter of the strategy, repeatable",
      read: asNumberPairs,
    },
    { flags: "--use-gpu", key: "useGpu" },
    { flags: "--as-of <date>", key: "asOf", text: "last day the agent may see, YYYY-MM-DD" },
  ],
  examples: [
    "e2b-swarm deploy --agent momentum --symbols AAPL",
    "e2b-swarm deploy -a mean-reversion --param period=20",
  ],
  async run(values, session) {
    const output = await session.call("runE2bAgent", values);
    const proposals = output.proposals.map((p) => [p.symbol, p.vote, p.conviction, p.strategy]);
    return {
      data: wireForm("deploy.output", output),
      text: alignedTable(["SYMBOL", "VOTE", "CONVICTION", "STRATEGY"], proposals),
      note: `Agent ${output.agentId} (${output.agentType}) is ${output.status} in sandbox ${output.sandboxId}`,
    };
  },
};
