// Durations become p50, p95 and a count. Nothing is judged here: a goal is printed beside its number, never compared.
import { quantile } from "../report/samples.ts";

export interface Row {
  readonly name: string;
  readonly unit: "ms" | "MB/s" | "MB";
  readonly n: number;
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  /** p50 as a multiple of the raw spawn's and of the bare round trip's p50; null where that says nothing. */
  readonly spawns: number | null;
  readonly roundTrips: number | null;
}

export interface Floors {
  readonly spawnMs: number;
  readonly roundTripMs: number;
}

export function rowOf(name: string, unit: Row["unit"], values: readonly number[], floors: Floors | null): Row {
  const p50 = quantile(values, 0.5);
  return {
    name,
    unit,
    n: values.length,
    min: quantile(values, 0),
    p50,
    p95: quantile(values, 0.95),
    spawns: floors === null || unit !== "ms" ? null : p50 / floors.spawnMs,
    roundTrips: floors === null || unit !== "ms" ? null : p50 / floors.roundTripMs,
  };
}

const nameWidth = 44;
const cellWidth = 9;

export function header(): string {
  return line("", ["unit", "n", "min", "p50", "p95", "x spawn", "x http"]);
}

export function shown(row: Row): string {
  const ratio = (value: number | null): string => (value === null ? "" : value.toFixed(1));
  const numbers = [row.min, row.p50, row.p95].map((value) => value.toFixed(value < 100 ? 2 : 0));
  return line(row.name, [row.unit, String(row.n), ...numbers, ratio(row.spawns), ratio(row.roundTrips)]);
}

function line(name: string, cells: readonly string[]): string {
  return `${name.padEnd(nameWidth)}${cells.map((cell) => cell.padStart(cellWidth)).join("")}`;
}
