// An own, plain reading of the shipped price file: the suites do not compute what they expect with the code they judge.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../src/host/package-folder.ts";

export interface Bar {
  readonly date: string;
  readonly open: number;
  readonly close: number;
}

/** Daily AAPL bars, ascending. */
export function readAapl(): readonly Bar[] {
  const text = readFileSync(join(packageFolder(), "fixtures/market/AAPL-1d.csv"), "utf8");
  const [head = "", ...rows] = text.trim().split(/\r?\n/);
  const columns = head.toLowerCase().split(",");
  const column = (name: string): number => columns.indexOf(name);
  return rows.map((row) => {
    const cells = row.split(",");
    return {
      date: String(cells[column("date")]).slice(0, 10),
      open: Number(cells[column("open")]),
      close: Number(cells[column("close")]),
    };
  });
}

/** 12-1 momentum at bar i: C[i-21]/C[i-252] - 1. */
export function momentumAt(bars: readonly Bar[], i: number): number {
  const recent = bars[i - 21];
  const old = bars[i - 252];
  if (recent === undefined || old === undefined) return Number.NaN;
  return recent.close / old.close - 1;
}
