// One series over time as an inline SVG, as steps or as a line, with an optional limit. Drawn twice, wide and narrow. Every
// point is drawn, or the lowest and highest of each column where there are more points than columns.
import { scaleLinear } from "d3-scale";
import { escapeMarkup } from "../text/html-text.ts";

interface SeriesPoint {
  readonly x: number;
  readonly y: number;
}

interface SeriesChart {
  /** Unique on the page. */
  readonly key: string;
  readonly title: string;
  /** The values in words. */
  readonly description: string;
  readonly points: readonly SeriesPoint[];
  readonly steps: boolean;
  readonly limit: number | null;
  readonly yLabel: (value: number) => string;
  readonly ends: readonly [string, string];
  /** Include zero in the value axis. */
  readonly fromZero: boolean;
}

const shapes = [
  { name: "wide", width: 640, height: 230, columns: 560, ticks: 5 },
  { name: "narrow", width: 340, height: 210, columns: 260, ticks: 4 },
] as const;
type Shape = (typeof shapes)[number];
const margin = { top: 14, right: 14, bottom: 28, left: 66 } as const;

/** Both drawings; empty when there is nothing to draw. */
export function seriesChart(chart: SeriesChart): string {
  return chart.points.length === 0 ? "" : shapes.map((shape) => draw(chart, shape)).join("");
}

function draw(chart: SeriesChart, shape: Shape): string {
  const [left, right] = [margin.left, shape.width - margin.right];
  const [top, bottom] = [margin.top, shape.height - margin.bottom];
  const values = [...chart.points.map((point) => point.y), ...(chart.limit === null ? [] : [chart.limit])];
  const y = scaleLinear()
    .domain(extent(chart.fromZero ? [0, ...values] : values))
    .nice(shape.ticks)
    .range([bottom, top]);
  const x = scaleLinear()
    .domain(extent(chart.points.map((point) => point.x)))
    .range([left, right]);
  const id = `${chart.key}${shape.name.charAt(0)}`;
  const grid = y.ticks(shape.ticks).map((tick) => {
    const at = px(y(tick));
    return `<path class="grid" d="M${left},${at}H${right}"/><text class="end" x="${left - 7}" y="${px(y(tick) + 4)}">${escapeMarkup(chart.yLabel(tick))}</text>`;
  });
  const limit =
    chart.limit === null
      ? ""
      : `<path class="limit" d="M${left},${px(y(chart.limit))}H${right}"/><text class="limit-label end" x="${right}" y="${px(y(chart.limit) - 5)}">limit ${escapeMarkup(chart.yLabel(chart.limit))}</text>`;
  const foot = shape.height - 8;
  return [
    `<svg class="chart ${shape.name}" viewBox="0 0 ${shape.width} ${shape.height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">${escapeMarkup(chart.title)}</title><desc id="${id}-d">${escapeMarkup(chart.description)}</desc>`,
    ...grid,
    limit,
    `<path class="ecdf" d="${path(chart, shape, x, y)}"/>`,
    `<text x="${left}" y="${foot}">${escapeMarkup(chart.ends[0])}</text>`,
    `<text class="end" x="${right}" y="${foot}">${escapeMarkup(chart.ends[1])}</text>`,
    "</svg>",
  ].join("");
}

function path(
  { points, steps }: SeriesChart,
  shape: Shape,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  return thinned(points, shape.columns)
    .map((point, index) => {
      const [atX, atY] = [px(x(point.x)), px(y(point.y))];
      if (index === 0) return `M${atX},${atY}`;
      return steps ? `H${atX}V${atY}` : `L${atX},${atY}`;
    })
    .join("");
}

function thinned(points: readonly SeriesPoint[], columns: number): readonly SeriesPoint[] {
  if (points.length <= 2 * columns) return points;
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * points.length) / columns);
    const slice = points.slice(from, Math.floor(((column + 1) * points.length) / columns));
    const low = slice.reduce((best, point) => (point.y < best.y ? point : best));
    const high = slice.reduce((best, point) => (point.y > best.y ? point : best));
    return low.x < high.x ? [low, high] : [high, low];
  }).flat();
}

function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 1, high + 1];
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
