// Measured times all of which end in zero. A clock that counts nanoseconds ends in zero one time in ten, so n such figures
// have the chance of one in ten to the n: they were not read from a clock.
import { statisticIn, type Grid } from "../extract/grids.ts";
import type { ReadReport } from "../extract/read-report.ts";
import type { Finding, Quantity } from "../model.ts";
import { aboutNumber } from "./lint.ts";

const fewest = 8;
const measuredHead = /\b(?:latency|duration|elapsed|response|measured|observed|actual|time)\b/i;
const planned =
  /\b(?:limit|target|sla|slo|threshold|goal|budget|timeout|expected|planned|allowed|default|config\w*|setting|interval|schedule)\b/i;
const rounded = /\b(?:rounded|round to|nearest|approximate|significant (?:digits|figures)|bucket\w*|quanti[sz]ed)\b/i;

export function granularityFindings(report: ReadReport): readonly Finding[] {
  return report.grids.flatMap((grid) => gridFindings(report, grid));
}

function gridFindings(report: ReadReport, grid: Grid): readonly Finding[] {
  const title = report.sections[grid.section]?.title ?? "";
  if (rounded.test(grid.caption) || rounded.test(title)) return [];
  const times = grid.kind === "list" ? listTimes(grid, title) : tableTimes(grid);
  const [first] = times;
  if (first === undefined || times.length < fewest) return [];
  const zeros = Math.min(...times.map((one) => endingZeros(one)));
  const fives = times.every((one) => /[05]$/.test(one.digits.replace(".", "")));
  if (zeros >= 1)
    return [
      finding(report, { first, n: times.length, step: `1${"0".repeat(zeros)}`, chance: `10^-${times.length * zeros}` }),
    ];
  if (fives && times.length >= fewest * 2)
    return [finding(report, { first, n: times.length, step: "5", chance: `5^-${times.length}` })];
  return [];
}

function listTimes(grid: Grid, title: string): readonly Quantity[] {
  if (!measuredHead.test(`${grid.caption} ${title}`) || planned.test(`${grid.caption} ${title}`)) return [];
  return grid.rows.flatMap((row) => row.all.flat()).filter(isTime);
}

function tableTimes(grid: Grid): readonly Quantity[] {
  const columns = grid.head.flatMap((head, at) =>
    !planned.test(head) && (statisticIn(head) !== null || measuredHead.test(head)) ? [at] : [],
  );
  return grid.rows.flatMap((row) => columns.flatMap((column) => row.mains[column] ?? [])).filter(isTime);
}

function isTime(one: Quantity): boolean {
  return (
    one.base === "time" &&
    one.per === "" &&
    one.bound === null &&
    !one.approximate &&
    !one.range &&
    one.value.n !== 0n &&
    ["ns", "µs", "ms"].includes(one.unit)
  );
}

function endingZeros(quantity: Quantity): number {
  return /0*$/.exec(quantity.digits.replace(".", ""))?.[0].length ?? 0;
}

function finding(
  report: ReadReport,
  {
    first,
    n,
    step,
    chance,
  }: { readonly first: Quantity; readonly n: number; readonly step: string; readonly chance: string },
): Finding {
  return aboutNumber(report, first, {
    outcome: "contradicted",
    because: `all ${n} times of this table are multiples of ${step} of their last printed digit; a clock gives that with chance ${chance}`,
    operands: [`${n} times from line ${first.line} on`],
  });
}
