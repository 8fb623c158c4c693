// A series over dates as an inline SVG. Every point is drawn, or the lowest and highest of each column where there are more
// points than columns, so that no spike is lost.
import { scaleLinear } from "d3-scale";
import { escapeMarkup } from "../text/html-text.ts";

interface Point {
  readonly date: string;
  readonly value: number;
}

interface LineChart {
  readonly key: string;
  readonly title: string;
  readonly points: readonly Point[];
  readonly label: (value: number) => string;
}

const size = { width: 960, height: 260 } as const;
const margin = { top: 12, right: 16, bottom: 26, left: 84 } as const;
const columns = 900;
const ticks = 5;

export function lineChart({ key, title, points, label }: LineChart): string {
  const values = points.map(({ value }) => value);
  const [low, high] = extent(values);
  const y = scaleLinear()
    .domain([low, high])
    .nice(ticks)
    .range([size.height - margin.bottom, margin.top]);
  const x = scaleLinear()
    .domain([0, Math.max(1, points.length - 1)])
    .range([margin.left, size.width - margin.right]);
  const grid = y
    .ticks(ticks)
    .map((tick) => {
      const at = px(y(tick));
      return `<path class="grid" d="M${margin.left},${at}H${size.width - margin.right}"/><text class="end" x="${margin.left - 8}" y="${px(y(tick) + 4)}">${escapeMarkup(label(tick))}</text>`;
    })
    .join("");
  const path = thinned(values).map(([at, value], place) => `${place === 0 ? "M" : "L"}${px(x(at))},${px(y(value))}`);
  const [first, last] = [points[0]?.date ?? "", points.at(-1)?.date ?? ""];
  const words = `${title} from ${first} to ${last}: lowest ${label(low)}, highest ${label(high)}`;
  const foot = size.height - 6;
  return [
    `<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${key}-t">`,
    `<title id="${key}-t">${escapeMarkup(words)}</title>`,
    grid,
    `<path class="ecdf" d="${path.join("")}"/>`,
    `<text x="${margin.left}" y="${foot}">${escapeMarkup(first)}</text>`,
    `<text class="end" x="${size.width - margin.right}" y="${foot}">${escapeMarkup(last)}</text>`,
    "</svg>",
  ].join("");
}

function extent(values: readonly number[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 1, high + 1];
}

/** Index and value of what is drawn, in order of the index. */
function thinned(values: readonly number[]): readonly (readonly [number, number])[] {
  if (values.length <= 2 * columns) return values.map((value, at) => [at, value] as const);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    let [low, high] = [from, from];
    for (let at = from; at < to; at += 1) {
      if ((values[at] ?? NaN) < (values[low] ?? NaN)) low = at;
      if ((values[at] ?? NaN) > (values[high] ?? NaN)) high = at;
    }
    const both = low < high ? [low, high] : [high, low];
    return both.map((at) => [at, values[at] ?? NaN] as const);
  }).flat();
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
