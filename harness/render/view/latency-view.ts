// Response times per operation: the display table (information only, never a gate), the chart, and the claims that judge it.
import type { Claim } from "../../claims/types.ts";
import { ecdfChart, narrow, wide } from "../charts/ecdf-chart.ts";
import { nearestRank, type Ranked } from "../nearest-rank.ts";
import type { LatencySeries, RunDocument } from "../run-document.ts";
import { formatCount, formatNs, quantileName } from "../text/format.ts";
import { limitText, quantityName, valueText } from "../text/claim-marks.ts";
import { fact, id, plainText, worded, type Text } from "../text/text.ts";
import { resultView, type ResultView } from "./claims-view.ts";

const shown = [500_000, 950_000, 990_000] as const;
export const levelColumns: readonly string[] = [...shown.map((qPpm) => quantileName(qPpm)), "Largest"];
const ABSENT: Text = ["not measured"];

interface QuantileRow {
  readonly name: string;
  readonly response: Text;
}

export interface LatencyView {
  readonly title: Text;
  readonly metric: Text;
  readonly origin: string;
  readonly n: Text;
  readonly timedOut: Text;
  readonly quantiles: readonly QuantileRow[];
  readonly service: Text;
  readonly bounds: readonly (ResultView & { readonly href: string; readonly name: string })[];
  readonly charts: string;
}

export interface ServiceLevelRow extends ResultView {
  readonly title: Text;
  readonly cells: readonly Text[];
  readonly n: Text;
  readonly bound: Text;
  readonly limit: Text;
}

export function latencyViews(doc: RunDocument): readonly LatencyView[] {
  return doc.latencies.map((series, index) => {
    const claims = gatesOf(series, doc);
    const quantiles = quantileRows(series);
    return {
      title: [worded(series.title)],
      metric: [id(series.metric)],
      origin: `${series.provenance}, ${series.target}`,
      n: [countFact(series, "n", series.responses.length)],
      timedOut: timedOut(series),
      quantiles,
      service: service(series),
      bounds: claims.map((claim) => ({
        ...resultView(claim.verdict),
        href: `#${claim.id}`,
        name: quantityName(claim),
      })),
      charts: charts(series, claims, quantiles, `c${index}`),
    };
  });
}

/** The table of service levels: display quantiles beside the one claim that gates the operation. */
export function serviceLevels(doc: RunDocument): readonly ServiceLevelRow[] {
  return doc.latencies.map((series) => {
    const claims = gatesOf(series, doc);
    const gate = claims.find((claim) => claim.threshold !== null);
    return {
      ...(gate === undefined ? resultView("INFO") : resultView(gate.verdict)),
      title: [worded(series.title)],
      cells: [...shown.map((qPpm) => quantile(series, qPpm)), largest(series)],
      n: [countFact(series, "n", series.responses.length)],
      bound: gate === undefined ? ["–"] : [`${quantityName(gate)} `, ...valueText(gate)],
      limit: gate === undefined ? ["no limit"] : limitText(gate),
    };
  });
}

/** Claims on this metric that print a bound: required before optional before info, then the higher quantile. */
function gatesOf(series: LatencySeries, doc: RunDocument): readonly Claim[] {
  const ranks = { required: 0, optional: 1, info: 2 } as const;
  const rank = new Map(doc.planned.map((planned) => [planned.id, ranks[planned.need]]));
  return doc.claims
    .filter(
      (claim) =>
        claim.metric === series.metric &&
        claim.target === series.target &&
        claim.kind === "latency" &&
        claim.estimator !== "quantile.point",
    )
    .sort((a, b) => (rank.get(a.id) ?? 2) - (rank.get(b.id) ?? 2) || (b.qPpm ?? 0) - (a.qPpm ?? 0));
}

function timedOut(series: LatencySeries): Text {
  const count = series.responses.filter((response) => response.censored).length;
  return count === 0 ? ["none"] : [countFact(series, "censored", count)];
}

function quantileRows(series: LatencySeries): readonly QuantileRow[] {
  const rows = shown.map((qPpm) => ({ name: quantileName(qPpm), response: quantile(series, qPpm) }));
  return [...rows, { name: "Largest", response: largest(series) }];
}

/** Service time beside response time: what the operation took once it was really sent. */
function service(series: LatencySeries): Text {
  const sorted = series.serviceNs.map((ns) => ({ ns, censored: false }));
  if (sorted.length === 0) return ["Service time was not recorded."];
  const at = (qPpm: number): Text => {
    const name = quantileName(qPpm);
    return [`${name} `, ...ranked(series, `service.${name}`, nearestRank(sorted, qPpm))];
  };
  return ["Service time alone: ", ...at(500_000), ", ", ...at(950_000), "."];
}

function quantile(series: LatencySeries, qPpm: number): Text {
  return ranked(series, quantileName(qPpm), nearestRank(series.responses, qPpm));
}

function largest(series: LatencySeries): Text {
  return ranked(series, "max", series.responses.at(-1) ?? null);
}

function ranked(series: LatencySeries, name: string, value: Ranked | null): Text {
  if (value === null) return ABSENT;
  const mark = fact(`${series.metric}.${name}`, value.ns, formatNs(value.ns));
  return value.censored ? ["at least ", mark] : [mark];
}

function countFact(series: LatencySeries, name: string, value: number): Text[number] {
  return fact(`${series.metric}.${name}`, value, formatCount(value));
}

function charts(series: LatencySeries, claims: readonly Claim[], rows: readonly QuantileRow[], key: string): string {
  if (series.responses.length === 0) return "";
  const values = rows.map((row) => `${row.name} ${plainText(row.response)}`);
  const bounds = claims.map(
    (claim) => `${quantityName(claim)} bound ${plainText(valueText(claim))}, limit ${plainText(limitText(claim))}`,
  );
  const input = { series, claims, description: `${[...values, ...bounds].join("; ")}.`, key };
  return ecdfChart(input, wide) + ecdfChart(input, narrow);
}
