// How time grows with the number of parameter sets and of symbols, and that nothing is kept from one run to the next: memory is
// looked at after everything that can go has gone.
import { simulateBook } from "../../src/backtest/book/simulate-book.ts";
import { defaultConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import type { Candles } from "../../src/contracts/candles.ts";
import { realClock } from "../../src/host/clock.ts";
import { multiSmaLong } from "../../src/strategies/rules/multi.ts";
import { smaCrossReverse } from "../../src/strategies/rules/sma-cross.ts";
import { say } from "../report/program.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { syntheticBars } from "./synthetic-bars.ts";

const sets = [1, 4, 16, 64] as const;
const symbols = [1, 2, 5, 10, 20, 50] as const;
const bookBars = 20_000;
const book = { cash: 1e7, feeRate: 0.002, grossLimit: Infinity, sequence: "as-decided" } as const;

function msOf(run: () => void): number {
  const began = realClock.monotonicNs();
  run();
  return Number(realClock.monotonicNs() - began) / 1e6;
}

/** MiB of objects and columns after a full collection. */
function heldMiB(): string {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return ((heapUsed + arrayBuffers) / 2 ** 20).toFixed(1);
}

export function parameterGrowth(candles: Candles): void {
  const tryOne = (k: number): void =>
    void replayStrategy(candles, smaCrossReverse, { fast: 5 + k, slow: 80 + k }, defaultConfig);
  tryOne(0);
  say(`\nParameter sets on ${candles.close.length} bars: ${heldMiB()} MiB held before`);
  for (const count of sets) {
    const ms = msOf(() => {
      for (let k = 0; k < count; k += 1) tryOne(k);
    });
    say(
      `${String(count).padEnd(4)} ${ms.toFixed(0)} ms, ${(ms / count).toFixed(2)} ms each, ${heldMiB()} MiB held after`,
    );
  }
}

export function symbolGrowth(): void {
  const tapes = Array.from({ length: Math.max(...symbols) }, (_, seed) => syntheticBars(bookBars, seed + 1));
  const params = { fast: 10, slow: 20, notional: 33_000 };
  const runOn = (series: readonly Candles[]): void => {
    const decide = multiSmaLong.prepare(series, params);
    simulateBook(series, book, (bar, { units, equity }) => decide(bar, units, equity));
  };
  runOn(tapes.slice(0, 2));
  say(`\nSymbols in one account, ${bookBars} bars each: ${heldMiB()} MiB held before`);
  for (const count of symbols) {
    const ms = msOf(() => runOn(tapes.slice(0, count)));
    const each = (1e6 * ms) / (count * bookBars);
    say(
      `${String(count).padEnd(4)} ${ms.toFixed(0)} ms, ${each.toFixed(0)} ns per symbol and bar, ${heldMiB()} MiB held after`,
    );
  }
}
