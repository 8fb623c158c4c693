// `execute`: runs the whole swarm once; with a sandbox id in front it is `exec`.
import type { DecideOutput } from "../../../contracts/operations/swarm.ts";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec, OptionSpec, Outcome, Values } from "../command-spec.ts";
import { asList, asNumber, asNumberPairs, asSeconds } from "../readers.ts";
import type { Session } from "../session.ts";
import { wireForm } from "../wire-form.ts";
import { execOptions, runInside } from "./exec.ts";

const swarmOptions: readonly OptionSpec[] = [
  { flags: "-s, --strategy <name>", key: "strategy" },
  { flags: "--swarm <id>", key: "swarmId" },
  { flags: "--decide-within <duration>", key: "decideWithinSeconds", read: asSeconds },
  { flags: "--symbols <list>", key: "symbols", text: "symbols of the installed series, comma between", read: asList },
  { flags: "--as-of <date>", key: "asOf", text: "last day the agents may see, YYYY-MM-DD" },
  { flags: "--no-headlines", key: "headlines", text: "keep the labelled headline fixture from the sentiment agent" },
  { flags: "--consensus <mode>", key: "consensus" },
  { flags: "--threshold <share>", key: "threshold" },
  { flags: "--sizing <method>", key: "sizing" },
  { flags: "--sizing-fraction <share>", key: "sizingFraction", read: asNumber },
  { flags: "--target-volatility <percent>", key: "targetVolatilityPct", read: asNumber },
  { flags: "--limit <key=percent>", key: "limits", read: asNumberPairs },
  { flags: "--broker <name>", key: "broker" },
  { flags: "--order-run <name>", key: "orderRun" },
];

export const executeCommand: CommandSpec = {
  name: "execute",
  group: "Swarm",
  summary: "Run the swarm: deploy it, let it vote, book the decision on paper",
  schema: "decide.input",
  operands: [
    { syntax: "[id]", key: "sandboxId", text: "with an id: run the command after -- there, as `exec` does" },
    { syntax: "[command...]", key: "words", text: "the command, after --" },
  ],
  options: [...swarmOptions, ...execOptions],
  examples: [
    "e2b-swarm execute --strategy reference --symbols AAPL",
    "e2b-swarm execute --symbols AAPL,^GSPC --sizing equal-risk --limit grossPct=50 --broker loopback",
    "e2b-swarm execute --swarm <swarm> --symbols AAPL,^GSPC",
    "e2b-swarm execute <id> -- node --version",
  ],
  run(values, session) {
    const words = Array.isArray(values.words) ? values.words : [];
    return values.sandboxId === undefined ? runSwarm(values, session) : runInside(execValues(values, words), session);
  },
};

async function runSwarm(values: Values, session: Session): Promise<Outcome> {
  refuseOptions(values, execOptions, "they belong to a command inside a sandbox, and no sandbox id was given");
  const { words: _words, ...input } = values;
  const output = await session.call("executeSwarmStrategy", input);
  return { data: wireForm("decide.output", output), text: describe(output) };
}

function execValues(values: Values, words: readonly unknown[]): Values {
  refuseOptions(values, swarmOptions, "they belong to the swarm, and a sandbox id was given");
  if (words.length > 0) return values;
  throw new SwarmError("usage.invalid", "Cannot run in the sandbox: no command follows the id", {
    hint: "Write -- and the command after the id, or leave the id out to run the swarm",
  });
}

function refuseOptions(values: Values, options: readonly OptionSpec[], why: string): void {
  const wrong = options.filter(({ key }) => values[key] !== undefined).map(({ flags }) => flags);
  if (wrong.length === 0) return;
  throw new SwarmError("usage.invalid", `Cannot use ${wrong.join("; ")}: ${why}`, {
    hint: "Run `e2b-swarm execute --help` to see both forms",
  });
}

function describe(output: DecideOutput): string {
  const decisions = output.decisions.map(({ symbol, asOf, decision, fill }) => [
    symbol,
    asOf,
    decision.action,
    decision.reason,
    decision.consensusLevelPpm / 1e6,
    decision.convictionPpm / 1e6,
    fill?.quantity ?? 0,
    fill === null ? null : dollars(fill.priceMicroUsd),
  ]);
  const { portfolio, cost } = output;
  const clamps = output.decisions.flatMap(({ symbol, clamps }) =>
    clamps.map(({ limit, beforePpm, afterPpm, reason }) => [symbol, limit, beforePpm / 1e4, afterPpm / 1e4, reason]),
  );
  return [
    alignedTable(["SYMBOL", "AS OF", "ACTION", "REASON", "CONSENSUS", "CONVICTION", "QUANTITY", "PRICE"], decisions),
    ...(clamps.length === 0
      ? []
      : ["", alignedTable(["SYMBOL", "LIMIT", "WISHED PCT", "LEFT PCT", "BECAUSE"], clamps)]),
    ...brokerLines(output.broker),
    "",
    alignedPairs([
      ["agents", output.agents.length],
      ["equity USD", dollars(portfolio.equityMicroUsd)],
      ["cash USD", dollars(portfolio.cashMicroUsd)],
      ["positions USD", dollars(portfolio.positionsMicroUsd)],
      ["cost USD", `${dollars(cost.totalMicroUsd)} (${cost.provenance}, price list ${cost.priceList})`],
      ["sandbox seconds", cost.sandboxSeconds],
    ]),
  ].join("\n");
}

function brokerLines(broker: DecideOutput["broker"]): string[] {
  if (broker === undefined) return [];
  const rows = broker.orders.map(({ clientOrderId, symbol, side, quantity, state, reasons }) => {
    return [symbol, side, quantity, state, clientOrderId, reasons.join("; ")];
  });
  const head = `orders of run ${broker.run} at ${broker.account}, ${broker.executions} executions booked`;
  const table = alignedTable(["SYMBOL", "SIDE", "QUANTITY", "STATE", "ORDER", "BECAUSE"], rows);
  return ["", head, ...(rows.length === 0 ? [] : [table]), ...broker.differences.map((one) => `difference: ${one}`)];
}

function dollars(microUsd: number): string {
  return (microUsd / 1e6).toFixed(6);
}
