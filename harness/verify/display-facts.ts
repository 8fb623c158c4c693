// Display figures that stand beside the claims: quantiles of response and service times by nearest rank, recomputed from the
// samples; and durations in the forms that people read.
import { textOf, type Fields } from "./facts.ts";
import type { RecordFile } from "./record-files.ts";
import { shownAgrees } from "./shown-figure.ts";

interface Series {
  /** Values of requests that were answered, ascending, then of those that were not, ascending. */
  readonly values: readonly number[];
  readonly censored: number;
}

/** The value of a fact such as `bench.sandbox.create.service.P95`, as text; null for facts of another kind. */
export function openDisplay(files: readonly RecordFile[]): (fact: string) => string | null {
  const known = new Map<string, Series>();
  return (fact) => {
    const found = /^(bench\..+?)(\.service)?\.(n|censored|max|P\d+(?:\.\d+)?)$/.exec(fact);
    const [, metric = "", service = "", what = ""] = found ?? [];
    const ours = files.filter((file) => file.kind === "samples" && file.metric === metric);
    if (found === null || ours.length === 0) return null;
    const key = `${metric}${service}`;
    const series = known.get(key) ?? seriesOf(ours, service !== "");
    known.set(key, series);
    if (what === "n") return String(series.values.length);
    if (what === "censored") return String(series.censored);
    const value = what === "max" ? series.values.at(-1) : quantileOf(series.values, what.slice(1));
    return value === undefined ? null : String(value);
  };
}

function seriesOf(files: readonly RecordFile[], service: boolean): Series {
  const good: number[] = [];
  const cut: number[] = [];
  for (const row of files.flatMap((file) => file.rows)) {
    if (row["ph"] !== "measure") continue;
    const value = service ? Number(row["dur"]) : responseOf(row);
    if (textOf(row["out"]) === "ok") good.push(value);
    else if (!service) cut.push(value);
  }
  const values = [...ascending(good), ...ascending(cut)];
  return { values, censored: cut.length };
}

function ascending(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function responseOf(row: Fields): number {
  return row["st"] === null ? 0 : Number(row["st"]) + Number(row["dur"]) - Number(row["sch"]);
}

/** Nearest rank of a per cent with at most four decimals. */
function quantileOf(values: readonly number[], percent: string): number | undefined {
  const [whole = "", decimals = ""] = percent.split(".");
  const ppm = BigInt(whole + decimals.padEnd(4, "0"));
  const rank = (BigInt(values.length) * ppm + 999_999n) / 1_000_000n;
  return values[Math.max(0, Number(rank) - 1)];
}

/** "2 min 53 s" for milliseconds, "12.4 s", "1,234": only the plainest contradiction is one. */
export function formsAgree(visible: string, value: number): boolean {
  const plain = visible.replaceAll("&nbsp;", " ").replaceAll("\u00a0", " ").trim();
  const minutes = /^([0-9,]+) min ([0-9]+) s$/.exec(plain);
  if (minutes !== null) {
    const ms = Number((minutes[1] ?? "").replaceAll(",", "")) * 60_000 + Number(minutes[2]) * 1_000;
    return Math.abs(ms - value) <= 1_000;
  }
  // Equity is held in cents.
  const dollars = /^\$([0-9,]+)\.([0-9]{2})$/.exec(plain);
  if (dollars !== null && Number(`${(dollars[1] ?? "").replaceAll(",", "")}${dollars[2] ?? ""}`) === value) return true;
  const timed = /^([0-9][0-9,.]*) (ms|s)$/.exec(plain);
  if (timed === null) return shownAgrees(plain, value);
  const figure = Number((timed[1] ?? "").replaceAll(",", ""));
  const scales = timed[2] === "ms" ? [1, 1e6] : [1e3, 1e9];
  return scales.some((scale) => Math.abs(figure * scale - value) <= Math.max(scale, value / 50));
}
