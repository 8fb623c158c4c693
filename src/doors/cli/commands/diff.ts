// `diff`: compares two runs. Exits 0 when the second is not worse, 1 when it is, 6 when the comparison cannot say.
import { alignedPairs, alignedTable } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

const exitCodes = { "not-worse": 0, worse: 1, inconclusive: 6, void: 6 } as const;

export const diffCommand: CommandSpec = {
  name: "diff",
  group: "Evidence",
  summary: "Compare two runs: did anything become slower than the margin allows?",
  schema: "diff.input",
  operands: [
    { syntax: "<before>", key: "before", text: "report folder of the run that is compared with" },
    { syntax: "<after>", key: "after", text: "report folder of the run that is judged" },
  ],
  options: [
    { flags: "--control <folder>", key: "control" },
    { flags: "--margin-ppm <number>", key: "marginPpm", read: asNumber },
  ],
  examples: ["e2b-swarm diff reports/a reports/b", "e2b-swarm diff reports/a reports/b --control reports/a-again"],
  async run(values, session) {
    const output = await session.call("diff", values);
    const summary = alignedPairs([
      ["verdict", output.verdict],
      ["before", output.before],
      ["after", output.after],
      ["control", output.control ?? "none"],
      ...output.reasons.map((line): [string, string] => ["reason", line]),
      ...output.changed.map(({ what, before, after }): [string, string] => [
        "changed",
        `${what}: ${short(before)} -> ${short(after)}`,
      ]),
    ]);
    const rows = output.metrics.map((metric) => [
      metric.metric,
      metric.verdict,
      `${metric.nBefore}/${metric.nAfter}`,
      milliseconds(metric.medianBeforeNs),
      milliseconds(metric.shiftNs),
      `[${milliseconds(metric.shiftLowerNs)}, ${milliseconds(metric.shiftUpperNs)}]`,
      milliseconds(metric.gateUpperNs),
      milliseconds(metric.marginNs),
      share(metric.pPpm),
      share(metric.a12Ppm),
    ]);
    const heads = ["METRIC", "VERDICT", "N", "MEDIAN MS", "SHIFT MS", "INTERVAL", "AT MOST", "MARGIN", "P", "A12"];
    return {
      data: wireForm("diff.output", output),
      text: rows.length === 0 ? summary : `${summary}\n\n${alignedTable(heads, rows)}`,
      exitCode: exitCodes[output.verdict],
    };
  },
};

const longest = 60;

function short(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function milliseconds(ns: number | null): string {
  return ns === null ? "no bound" : (ns / 1e6).toFixed(3);
}

function share(ppm: number): string {
  return (ppm / 1e6).toFixed(4);
}
