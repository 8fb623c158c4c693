// Every lint, in the order in which findings of one claim are told. docs/audit.md is generated from these rows.
import type { Lint } from "./lint.ts";
import { causalityFindings } from "./causality.ts";
import { countFindings, diagramFindings } from "./counts.ts";
import { granularityFindings } from "./granularity.ts";
import { duplicateFindings, oneValueFindings } from "./one-value.ts";
import { orderFindings, partAboveWhole, rangeFindings, unitFindings } from "./range.ts";
import { rankFindings } from "./rank.ts";
import { extrapolationFindings, impossibleSpeed, rateFindings } from "./rates.ts";
import { durationFindings } from "./recompute-durations.ts";
import { equationFindings } from "./recompute-equations.ts";
import { seriesFindings } from "./recompute-series.ts";
import { shareFindings } from "./recompute-shares.ts";
import { tableFindings } from "./recompute-tables.ts";
import { simulatedFindings, targetFindings, transportWitness } from "./provenance.ts";
import { consistencyFindings, notRunFindings } from "./statements.ts";
import { secretFindings, secretLint } from "./secrets.ts";
import { boundFindings, declaredFindings, priceFindings, signerFindings } from "./support.ts";
import { thresholdFindings } from "./thresholds.ts";
import { witnessShape, witnessTime } from "./witness.ts";

const records = "the raw records, with `--evidence <bundle>`";

export const lints: readonly Lint[] = [
  {
    name: secretLint,
    refuses:
      "A credential in clear: it is there to read, and a report that holds it is refused before anything else is judged.",
    wanted: "the report without it, and a new credential",
    find: secretFindings,
  },
  {
    name: "recompute",
    refuses:
      "A total, mean, share, product, rate or duration that the report's own figures contradict, whatever way they were rounded.",
    wanted: "the figure that its operands give",
    find: (report) => [
      ...tableFindings(report),
      ...shareFindings(report),
      ...equationFindings(report),
      ...seriesFindings(report),
      ...durationFindings(report),
      ...rateFindings(report),
    ],
  },
  {
    name: "granularity",
    refuses: "Measured times that all end in zero: a clock does not give that.",
    wanted: `the times as the clock gave them: ${records}`,
    find: granularityFindings,
  },
  {
    name: "witness-shape",
    refuses: "A sandbox id that is nothing but a Unix time: a server did not issue it.",
    wanted: "the id as the server's own list shows it",
    find: witnessShape,
  },
  {
    name: "witness-time",
    refuses: "An id that holds a time of another day than the one on which the report says it was made.",
    wanted: "the witness record of that id",
    find: witnessTime,
  },
  {
    name: "transport-witness",
    refuses: "A real exchange claimed in a report that says it was simulated.",
    wanted: `the transport and endpoint witnesses: ${records}`,
    find: transportWitness,
  },
  {
    name: "causality",
    refuses: "An event before its actor existed, or an end before its start.",
    wanted: "the event journal with one clock",
    find: causalityFindings,
  },
  {
    name: "claim-vs-table",
    refuses: "A limit said to be kept beside figures that break it.",
    wanted: "both operands of the comparison, for the statistic that the limit names",
    find: thresholdFindings,
  },
  {
    name: "rank",
    refuses: "A place that the report's own table does not give.",
    wanted: "the table sorted by the figure that decides",
    find: rankFindings,
  },
  {
    name: "range",
    refuses: "A share above the whole, a part above its total, a negative duration.",
    wanted: "the counts behind the figure",
    find: (report) => [...rangeFindings(report), ...partAboveWhole(report)],
  },
  {
    name: "order",
    refuses: "Quantiles of one series that are not in ascending order, or a mean outside its extremes.",
    wanted: `the ordered samples: ${records}`,
    find: orderFindings,
  },
  {
    name: "units",
    refuses: "A unit that belongs to another quantity, or a part of memory above its whole.",
    wanted: "the quantity in a unit of its own, with what was read to get it",
    find: unitFindings,
  },
  {
    name: "count",
    refuses: "A count that differs from what the report lists.",
    wanted: "the list itself, complete",
    find: countFindings,
  },
  {
    name: "diagram-vs-edges",
    refuses: "A mesh or a count of edges that its own drawing does not have.",
    wanted: "the recorded edge list",
    find: diagramFindings,
  },
  {
    name: "extrapolation",
    refuses: "A rate taken from fewer calls than one second of it would hold: a rate needs a window of its own.",
    wanted: "successful completions over an observed window",
    find: extrapolationFindings,
  },
  {
    name: "impossible-speed",
    refuses: "An answer faster than the round trip of its own connection.",
    wanted: `the transport witness of that exchange: ${records}`,
    find: impossibleSpeed,
  },
  {
    name: "duplicates",
    refuses: "A run whose samples are those of another run, digit for digit.",
    wanted: "the raw records of both runs",
    find: duplicateFindings,
  },
  {
    name: "one-value",
    refuses: "Two values for one quantity that no rounding reconciles.",
    wanted: "one claim id with one value",
    find: oneValueFindings,
  },
  {
    name: "consistency",
    refuses: "A statement that another statement of the report denies: none and some, cleaned up and left running.",
    wanted: "the count of what happened, complete",
    find: consistencyFindings,
  },
  {
    name: "not-run-is-not-pass",
    refuses: "All passed, beside something that was not built, not run or skipped.",
    wanted: "the result file of the run, with each outcome counted apart",
    find: notRunFindings,
  },
  {
    name: "target",
    refuses: "A time measured on a local server in a sentence about the cloud.",
    wanted: "samples whose witnessed endpoint is the target of the sentence",
    find: targetFindings,
  },
  {
    name: "simulated",
    refuses: "A time, a rate or a cost from a simulation: it supports logic and safety only.",
    wanted: "measured samples with transport, endpoint and subject witnessed",
    find: simulatedFindings,
  },
  {
    name: "n-and-bound",
    refuses: "A perfect rate without its number of trials and the bound they support.",
    wanted: "the trials, their failures and an exact lower bound",
    find: boundFindings,
  },
  {
    name: "declared",
    refuses: "A score that its author gave: it is neither measured nor a count, so its average is worth nothing.",
    wanted: "a count of checks with its denominator, each with evidence",
    find: declaredFindings,
  },
  {
    name: "price-source",
    refuses: "A cost without a price list that has an address and a date.",
    wanted: "the price list with address, date and digest, and the metered quantities",
    find: priceFindings,
  },
  {
    name: "signer",
    refuses: "An approval or a certificate without a key.",
    wanted: "a signature over the digest of this report, with the key's fingerprint and an expiry",
    find: signerFindings,
  },
];

/** What stands for a figure that no lint speaks about. */
export const unbacked = {
  name: "unsupported",
  because: "nothing in this report gives it and no evidence was compared",
  wanted: records,
} as const;

/** Findings that compare with a verified bundle; they come from `evidence`, not from the text alone. */
export const evidenceLint = {
  name: "evidence",
  refuses: "A figure that the verified bundle contradicts.",
  wanted: "the claim of claims.json",
} as const;
