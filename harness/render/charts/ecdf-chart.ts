// One operation's response times as an inline SVG: step line, limits, decided bounds; log time axis. Drawn twice, wide and
// narrow, because one wide drawing shrinks its letters to nothing on a phone.
import { scaleLinear, scaleLog } from "d3-scale";
import type { Claim } from "../../claims/types.ts";
import type { LatencySeries } from "../run-document.ts";
import { escapeMarkup } from "../text/html-text.ts";
import { formatNs, formatNsExact, quantileName } from "../text/format.ts";
import { ecdfPath, type Scales } from "./ecdf-points.ts";
import { logTicks } from "./log-ticks.ts";

interface ChartShape {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  readonly ticks: number;
}

interface ChartInput {
  readonly series: LatencySeries;
  readonly claims: readonly Claim[];
  /** The values in words, for readers who do not see the picture. */
  readonly description: string;
  /** Unique on the page. */
  readonly key: string;
}

export const wide: ChartShape = { name: "wide", width: 640, height: 250, ticks: 7 };
export const narrow: ChartShape = { name: "narrow", width: 340, height: 230, ticks: 4 };

const margin = { top: 28, right: 16, bottom: 38, left: 42 };
const sharesPpm = [0, 500_000, 950_000] as const;
const LABEL_GAP = 13;
const LETTER_WIDTH = 5.6;

interface Frame extends Scales {
  readonly top: number;
  readonly bottom: number;
  readonly domain: readonly [number, number];
}

export function ecdfChart({ series, claims, description, key }: ChartInput, shape: ChartShape): string {
  const frame = frameOf(series, claims, shape);
  const id = `${key}${shape.name.charAt(0)}`;
  return [
    `<svg class="chart ${shape.name}" viewBox="0 0 ${shape.width} ${shape.height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">${escapeMarkup(series.title)}, response times</title>`,
    `<desc id="${id}-d">${escapeMarkup(description)}</desc>`,
    axes(frame, shape),
    limitLines(frame, claims),
    `<path class="ecdf" d="${ecdfPath(series, frame)}"/>`,
    boundMarkers(frame, claims),
    "</svg>",
  ].join("");
}

function frameOf(series: LatencySeries, claims: readonly Claim[], shape: ChartShape): Frame {
  const values = series.responses.map((response) => response.ns);
  const marks = claims.flatMap((claim) => [claim.threshold?.value ?? [], claim.value ?? []]).flat();
  const all = [...values, ...marks].filter((ns) => ns > 0);
  // Not `Math.min(...all)`: a million arguments do not fit on the stack.
  const least = all.reduce((low, ns) => Math.min(low, ns), 1e15);
  const most = all.reduce((high, ns) => Math.max(high, ns), 1);
  const domain: [number, number] = [least * 0.8, most * 1.25];
  const [left, right] = [margin.left, shape.width - margin.right];
  const [top, bottom] = [margin.top, shape.height - margin.bottom];
  const x = scaleLog().domain(domain).range([left, right]).clamp(true);
  const y = scaleLinear().domain([0, 1]).range([bottom, top]);
  return { x: (ns) => x(Math.max(ns, domain[0])), y: (share) => y(share), left, right, top, bottom, domain };
}

function axes(frame: Frame, shape: ChartShape): string {
  const rows = sharesPpm.map((ppm) => ({ y: px(frame.y(ppm / 1_000_000)), label: `${ppm / 10_000}%` }));
  const columns = logTicks(frame.domain, shape.ticks).map((ns) => ({ x: px(frame.x(ns)), label: formatNsExact(ns) }));
  const grid = [
    ...rows.map((row) => `M${frame.left},${row.y}H${frame.right}`),
    ...columns.map((column) => `M${column.x},${frame.bottom}v-4`),
  ].join("");
  const shares = rows.map((row) => `<text x="${frame.left - 7}" y="${px(row.y + 4)}">${row.label}</text>`).join("");
  const times = columns
    .map((column) => `<text x="${column.x}" y="${frame.bottom + 15}">${column.label}</text>`)
    .join("");
  const caption = `<text x="${frame.right}" y="${frame.bottom + 32}">response time, log scale</text>`;
  return `<path class="grid" d="${grid}"/><g class="end">${shares}${caption}</g><g class="mid">${times}</g>`;
}

function limitLines(frame: Frame, claims: readonly Claim[]): string {
  const values = claims.flatMap((claim) => (claim.threshold === null ? [] : [claim.threshold.value]));
  return [...new Set(values)]
    .sort((a, b) => a - b)
    .map((ns, index) => {
      const x = px(frame.x(ns));
      const side = x > (frame.left + frame.right) / 2 ? "end" : "start";
      const y = frame.top - 10 - (index % 2) * LABEL_GAP;
      return `<path class="limit" d="M${x},${frame.top - 6}V${frame.bottom}"/><text class="limit-label ${side}" x="${x}" y="${y}">limit ${formatNsExact(ns)}</text>`;
    })
    .join("");
}

function boundMarkers(frame: Frame, claims: readonly Claim[]): string {
  const bounds = claims.filter((claim) => claim.estimator === "quantile.upper" || claim.estimator === "quantile.lower");
  return bounds
    .flatMap(({ value, qPpm, estimator }) => (value === null || qPpm === null ? [] : [{ value, qPpm, estimator }]))
    .sort((a, b) => b.qPpm - a.qPpm)
    .map((bound, index) => {
      const [x, y] = [px(frame.x(bound.value)), px(frame.y(bound.qPpm / 1_000_000))];
      const rounding = bound.estimator === "quantile.upper" ? "up" : "down";
      const label = `${quantileName(bound.qPpm)} bound ${formatNs(bound.value, rounding)}`;
      const side = x + 10 + label.length * LETTER_WIDTH > frame.right ? "end" : "start";
      const at = `x="${px(x + (side === "end" ? -10 : 10))}" y="${px(y + 17 + index * LABEL_GAP)}"`;
      return `<path class="bound" d="M${x},${px(y - 5)}l5,5l-5,5l-5,-5z"/><text class="bound-label ${side}" ${at}>${label}</text>`;
    })
    .join("");
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
