// Integers to figures for people. A bound never rounds in its own favour: upper bounds go up, lower bounds go down, and
// the printed figure always stands on the same side of its limit as the recorded one.
import type { Unit } from "../../claims/types.ts";

export type Rounding = "up" | "down" | "nearest";

const NBSP = "\u00a0";
const MOST_DECIMALS = 9;
const timeUnits = [
  { name: "s", ns: 1_000_000_000 },
  { name: "ms", ns: 1_000_000 },
  { name: "µs", ns: 1_000 },
] as const;

export function formatCount(value: number): string {
  const digits = String(Math.abs(value)).replace(/\B(?=(\d{3})+$)/g, ",");
  return value < 0 ? `−${digits}` : digits;
}

/** ppm to per cent, exact: 953000 is "95.3 %". */
export function formatPpm(ppm: number): string {
  return `${decimal(ppm, 10_000, 4)}${NBSP}%`;
}

/** Exact, at least cents: 4680000 is "$4.68". */
export function formatMicroUsd(microUsd: number): string {
  const text = decimal(Math.abs(microUsd), 1_000_000, 6);
  const [whole, cents = ""] = text.split(".");
  return `${microUsd < 0 ? "−" : ""}$${whole ?? text}.${cents.padEnd(2, "0")}`;
}

/** Nanoseconds, exact and short: limits of the plan. */
export function formatNsExact(ns: number): string {
  const unit = timeUnits.find((candidate) => Math.abs(ns) >= candidate.ns);
  return unit === undefined
    ? `${formatCount(ns)}${NBSP}ns`
    : `${decimal(ns, unit.ns, MOST_DECIMALS)}${NBSP}${unit.name}`;
}

/** Nanoseconds in three significant figures, or more where the limit `against` would otherwise be touched or crossed. */
export function formatNs(ns: number, rounding: Rounding = "nearest", against: number | null = null): string {
  const unit = timeUnits.find((candidate) => Math.abs(ns) >= candidate.ns);
  if (unit === undefined) return `${formatCount(ns)}${NBSP}ns`;
  const whole = String(Math.floor(Math.abs(ns) / unit.ns)).length;
  for (let decimals = Math.max(0, 3 - whole); decimals <= MOST_DECIMALS; decimals += 1) {
    const quantum = unit.ns / 10 ** decimals;
    if (quantum < 1) break;
    const rounded = round(ns / quantum, rounding) * quantum;
    if (against === null || Math.sign(rounded - against) === Math.sign(ns - against)) {
      return `${fixed(rounded, unit.ns, decimals)}${NBSP}${unit.name}`;
    }
  }
  return formatNsExact(ns);
}

export function formatValue(value: number, unit: Unit, rounding: Rounding, against: number | null): string {
  switch (unit) {
    case "ns":
      return formatNs(value, rounding, against);
    case "ppm":
      return formatPpm(value);
    case "microusd":
      return formatMicroUsd(value);
    case "count":
      return formatCount(value);
  }
}

export function formatExact(value: number, unit: Unit): string {
  return unit === "ns" ? formatNsExact(value) : formatValue(value, unit, "nearest", null);
}

/** Milliseconds of wall time: "820 ms", "12.4 s", "3 min 07 s". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${formatCount(ms)}${NBSP}ms`;
  if (ms < 60_000) return `${fixed(Math.round(ms / 100) * 100, 1_000, 1)}${NBSP}s`;
  const seconds = Math.round(ms / 1_000);
  const rest = String(seconds % 60).padStart(2, "0");
  return `${formatCount(Math.floor(seconds / 60))}${NBSP}min${NBSP}${rest}${NBSP}s`;
}

/** The name of a quantile: 990000 is "P99", 999000 is "P99.9". */
export function quantileName(qPpm: number): string {
  return `P${decimal(qPpm, 10_000, 4)}`;
}

function round(value: number, rounding: Rounding): number {
  switch (rounding) {
    case "up":
      return Math.ceil(value);
    case "down":
      return Math.floor(value);
    case "nearest":
      return Math.round(value);
  }
}

function fixed(value: number, unit: number, decimals: number): string {
  const sign = value < 0 ? "−" : "";
  const scaled = Math.round(Math.abs(value) / (unit / 10 ** decimals));
  const digits = String(scaled).padStart(decimals + 1, "0");
  const whole = formatCount(Number(digits.slice(0, digits.length - decimals)));
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
}

function decimal(value: number, unit: number, mostDecimals: number): string {
  const text = fixed(value, unit, mostDecimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
