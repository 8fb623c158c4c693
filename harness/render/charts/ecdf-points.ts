// The empirical distribution as a step line on a pixel grid. Points closer than a pixel are merged, so that ten thousand
// samples draw the same picture as a few hundred bytes of path can hold.
import { curveStepAfter, line } from "d3-shape";
import type { LatencySeries } from "../run-document.ts";

const STEP_PX = 3;

export interface Scales {
  readonly x: (ns: number) => number;
  readonly y: (share: number) => number;
  readonly left: number;
  readonly right: number;
}

/** Path data: from the left edge up to the last value that was really observed. */
export function ecdfPath(series: LatencySeries, scales: Scales): string {
  const total = series.responses.length;
  const seen = series.responses.filter((response) => !response.censored);
  const points: [number, number][] = [[scales.left, scales.y(0)]];
  for (const [index, response] of seen.entries()) {
    const x = clamp(scales.x(response.ns), scales.left, scales.right);
    const point: [number, number] = [x, scales.y((index + 1) / total)];
    const last = points.at(-1);
    if (points.length > 1 && last !== undefined && x - last[0] < STEP_PX)
      points[points.length - 1] = [last[0], point[1]];
    else points.push(point);
  }
  const end = points.at(-1);
  if (end !== undefined) points.push([censoredEdge(series, scales), end[1]]);
  return relative(line().curve(curveStepAfter).digits(0)(points) ?? "");
}

/** Where the line stops: the right edge, or the first time at which a request was given up. */
function censoredEdge(series: LatencySeries, scales: Scales): number {
  const first = series.responses.find((response) => response.censored);
  return first === undefined ? scales.right : clamp(scales.x(first.ns), scales.left, scales.right);
}

/** Absolute line-tos to relative horizontals and verticals: a third of the bytes, the same line. */
function relative(absolute: string): string {
  let [x, y] = [0, 0];
  let path = "";
  for (const [, command, toX, toY] of absolute.matchAll(/([ML])(-?[\d.]+),(-?[\d.]+)/g)) {
    const [nextX, nextY] = [Number(toX), Number(toY)];
    if (command === "M") path += `M${nextX},${nextY}`;
    else {
      if (nextX !== x) path += `h${nextX - x}`;
      if (nextY !== y) path += `v${nextY - y}`;
    }
    [x, y] = [nextX, nextY];
  }
  return path;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
