// What was compared and where it differed. Nothing compared is a failure, because an empty comparison passes everything.
import { createHash } from "node:crypto";

export interface Comparison {
  /** Values looked at. */
  compared: number;
  /** One sentence per difference. */
  readonly differences: string[];
}

export function openComparison(): Comparison {
  return { compared: 0, differences: [] };
}

export function same(into: Comparison, name: string, ours: unknown, theirs: unknown): void {
  into.compared += 1;
  if (!Object.is(ours, theirs))
    into.differences.push(`${name} is ${String(ours)}, the reference says ${String(theirs)}`);
}

/** Equal within `tolerance`; null equals only null. */
export function near(into: Comparison, name: string, ours: unknown, theirs: unknown, tolerance: number): void {
  if (typeof ours !== "number" || typeof theirs !== "number") return same(into, name, ours, theirs);
  into.compared += 1;
  if (Math.abs(ours - theirs) <= tolerance) return;
  into.differences.push(`${name} is ${ours}, the reference says ${theirs}, which is ${Math.abs(ours - theirs)} apart`);
}

/** Equal within `tolerance` relative to the larger of 1 and the reference. */
export function relative(into: Comparison, name: string, ours: unknown, theirs: unknown, tolerance: number): void {
  const scale = typeof theirs === "number" ? Math.max(1, Math.abs(theirs)) : 1;
  near(into, name, ours, theirs, tolerance * scale);
}

export function nearEach(
  into: Comparison,
  name: string,
  ours: readonly unknown[],
  theirs: readonly unknown[],
  tolerance: number,
): void {
  same(into, `number of ${name}`, ours.length, theirs.length);
  theirs.forEach((value, row) => near(into, `${name} ${row}`, ours[row], value, tolerance));
}

/** sha256 over floor(x·scale + phi) per line: the whole series in one value. */
export function seriesHash(series: ArrayLike<number>, scale: number, phi: number): string {
  const text = Array.from(series, (value) => String(Math.floor(value * scale + phi))).join("\n");
  return createHash("sha256").update(text).digest("hex");
}
