// `plan`: what a validation would take, before anything runs; with --shards the signed plan its shards have in common.
import { formatUsd } from "../../../contracts/money.ts";
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

export const planCommand: CommandSpec = {
  name: "plan",
  group: "Evidence",
  summary: "Samples, minutes and dollars of each claim before anything runs; with --shards a signed plan",
  schema: "plan.input",
  operands: [],
  options: [
    { flags: "--profile <name>", key: "profile" },
    { flags: "--for <target>", key: "forTarget" },
    { flags: "--shards <n>", key: "shards", read: asNumber },
    { flags: "--out <folder>", key: "out" },
  ],
  examples: [
    "e2b-swarm plan",
    "e2b-swarm plan --profile readiness --for cloud",
    "e2b-swarm plan --shards 3 --out plan",
  ],
  async run(values, session) {
    // A plan contacts nothing, so that it needs no key for the target it is about.
    const { target } = session.options;
    const output = await session.call(
      "planValidation",
      target === undefined ? values : { forTarget: target, ...values },
    );
    const { total, priceList, signed } = output;
    const percent = (ppm: number): string => `${Math.floor(ppm / 10_000)} %`;
    const rows = output.claims
      .filter((claim) => claim.need !== "info")
      .map(({ id, need, samples, minutes, microUsd, mayExceed, powerPpm, fewer }) => [
        id,
        need,
        samples,
        minutes,
        formatUsd(microUsd),
        mayExceed ?? "-",
        powerPpm === null ? "-" : [powerPpm.at1000, powerPpm.at2000, powerPpm.at5000].map(percent).join(" "),
        fewer.map((less) => `${less.samples}: ${less.supports}`).join(", ") || "-",
      ]);
    const table = alignedTable(
      ["CLAIM", "NEED", "SAMPLES", "MINUTES", "COST", "MAY EXCEED", "POWER AT 0.1 0.2 0.5 %", "FEWER SUPPORT"],
      rows,
    );
    const summary = alignedPairs([
      ["profile", `${output.profile} on the ${output.target} target`],
      ["samples", total.samples],
      ["minutes", total.minutes],
      ["cost", `${formatUsd(total.microUsd)} for ${total.sandboxSeconds} sandbox seconds, modelled`],
      ["budget", `${formatUsd(output.budgetMicroUsd)}${output.withinBudget ? "" : ": a run needs --confirm-cost"}`],
      ["prices", `${priceList.id} of ${priceList.asOf}, sha256 ${priceList.sha256.slice(0, 12)}`],
      ...output.scenarios.map(({ name, priceList: list, microUsd, withinBudget }): [string, string] => [
        "a day",
        `${name}: ${formatUsd(microUsd)} by ${list}${withinBudget ? "" : ", above the budget"}`,
      ]),
      ...output.assumptions.map((line): [string, string] => ["assumed", line]),
      ...(signed === null
        ? []
        : [
            ["signed", `${signed.folder} for ${signed.shards.length} shards of ${signed.runId}`] satisfies [
              string,
              string,
            ],
          ]),
    ]);
    return { data: wireForm("plan.output", output), text: `${table}\n\n${summary}` };
  },
};
