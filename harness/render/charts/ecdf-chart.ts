// One operation's response times as an inline SVG: step line, limits, decided bounds; log time axis. Drawn twice, wide and
// narrow, because one wide drawing shrinks its letters to nothing on a phone.
import { scaleLinear, scaleLog } from "d3-scale";
import type { Claim } from "../../claims/types.ts";
import type { LatencySeries } from "../run-document.ts";
import { escapeMarkup } from "../text/html-text.ts";
import { formatNs, formatNsExact, quantileName } from "../text/format.ts";
import { ecdfPath, type Scales } from "./ecdf-points.ts";

export interface ChartShape {
  readonly name: "wide" | "narrow";
  readonly width: number;
  readonly height: number;
  readonly ticks: number;
}

export const wide: ChartShape = { name: "wide", width: 640, height: 250, ticks: 7 };
export const narrow: ChartShape = { name: "narrow", width: 340, height: 230, ticks: 4 };

const margin = { top: 26, right: 14, bottom: 34, left: 40 };
const sharesPpm = [0, 500_000, 950_000, 1_000_000] as const;

interface Frame extends Scales {
  readonly top: number;
  readonly bottom: number;
  readonly domain: readonly [number, number];
}

export function ecdfChart(
  series: LatencySeries,
  claims: readonly Claim[],
  description: string,
  shape: ChartShape,
): string {
  const frame = frameOf(series, claims, shape);
  const key = `${series.metric}.${shape.name}`.replace(/[^a-zA-Z0-9.-]/g, "-");
  return [
    `<svg class="chart ${shape.name}" viewBox="0 0 ${shape.width} ${shape.height}" role="img" aria-labelledby="t-${key} d-${key}">`,
    `<title id="t-${key}">${escapeMarkup(series.title)}: share of requests answered within a time</title>`,
    `<desc id="d-${key}">${escapeMarkup(description)}</desc>`,
    shareAxis(frame),
    timeAxis(frame, shape),
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
  const domain: [number, number] = [Math.min(...all) * 0.8, Math.max(...all) * 1.25];
  const [left, right] = [margin.left, shape.width - margin.right];
  const [top, bottom] = [margin.top, shape.height - margin.bottom];
  const x = scaleLog().domain(domain).range([left, right]).clamp(true);
  const y = scaleLinear().domain([0, 1]).range([bottom, top]);
  return { x: (ns) => x(Math.max(ns, domain[0])), y: (share) => y(share), left, right, top, bottom, domain };
}

function shareAxis(frame: Frame): string {
  return sharesPpm
    .map((ppm) => {
      const y = px(frame.y(ppm / 1_000_000));
      const label = `${ppm / 10_000}%`;
      return `<path class="grid" d="M${frame.left},${y}H${frame.right}"/><text class="tick" x="${frame.left - 6}" y="${px(y + 3.5)}" text-anchor="end">${label}</text>`;
    })
    .join("");
}

function timeAxis(frame: Frame, shape: ChartShape): string {
  const ticks = logTicks(frame.domain, shape.ticks).map((ns) => {
    const x = px(frame.x(ns));
    return `<path class="grid" d="M${x},${frame.top}V${frame.bottom}"/><text class="tick" x="${x}" y="${frame.bottom + 14}" text-anchor="middle">${formatNsExact(ns)}</text>`;
  });
  const caption = `<text class="tick" x="${frame.right}" y="${frame.bottom + 29}" text-anchor="end">response time, log scale</text>`;
  return `${ticks.join("")}${caption}`;
}

/** One, two and five of each decade; only ones when that is too many. */
function logTicks([low, high]: readonly [number, number], most: number): readonly number[] {
  const decades = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = decades
      .flatMap((decade) => steps.map((step) => step * decade))
      .filter((ns) => ns >= low && ns <= high);
    if (ticks.length <= most) return ticks;
  }
  const ones = decades.filter((ns) => ns >= low && ns <= high);
  const stride = Math.ceil(ones.length / most);
  return ones.filter((_, index) => index % stride === 0);
}

function limitLines(frame: Frame, claims: readonly Claim[]): string {
  const limits = [...new Set(claims.flatMap((claim) => (claim.threshold === null ? [] : [claim.threshold.value])))];
  return limits
    .sort((a, b) => a - b)
    .map((ns, index) => {
      const x = px(frame.x(ns));
      const anchor = x > (frame.left + frame.right) / 2 ? "end" : "start";
      const y = frame.top - 8 - (index % 2) * 11;
      return `<path class="limit" d="M${x},${frame.top - 5}V${frame.bottom}"/><text class="limit-label" x="${x}" y="${y}" text-anchor="${anchor}">limit ${formatNsExact(ns)}</text>`;
    })
    .join("");
}

function boundMarkers(frame: Frame, claims: readonly Claim[]): string {
  return claims
    .filter((claim) => claim.estimator === "quantile.upper" || claim.estimator === "quantile.lower")
    .flatMap((claim) => {
      if (claim.value === null || claim.qPpm === null) return [];
      const [x, y] = [px(frame.x(claim.value)), px(frame.y(claim.qPpm / 1_000_000))];
      const end = x > (frame.left + frame.right) / 2;
      const label = `${quantileName(claim.qPpm)} bound ${formatNs(claim.value, "up")}`;
      return `<path class="bound" d="M${x},${px(y - 5)}l5,5l-5,5l-5,-5z"/><text class="bound-label" x="${px(x + (end ? -9 : 9))}" y="${px(y + 14)}" text-anchor="${end ? "end" : "start"}">${label}</text>`;
    })
    .join("");
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
