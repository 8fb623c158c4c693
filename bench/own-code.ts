// Our own functions in this process: booking a fill durably, and a year of three symbols through the backtest.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSamples } from "../harness/evidence/recorder.ts";
import { microUsd } from "../src/contracts/money.ts";
import { realClock } from "../src/host/clock.ts";
import { openSqliteStore } from "../src/memory/sqlite-store.ts";
import { bookFill } from "../src/portfolio/book-fill.ts";
import { openLedger } from "../src/portfolio/ledger.ts";
import { snapshotOf } from "../src/portfolio/snapshot.ts";
import type { BenchCase } from "./run-bench.ts";
import { measure } from "./schedule.ts";
import type { Setting } from "./setting.ts";

/** Places in the tick, ms. */
const updates = { warmup: 5, offsetMs: 190 } as const;

/** A fill into the ledger and its snapshot into the record, acknowledged when durable. */
export async function openUpdates({ bench, context, planned, firstTick, tickMs }: Setting): Promise<BenchCase> {
  const recorder = openSamples(context, "bench", "bench.portfolio.update");
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-bench-"));
  const store = await openSqliteStore({ path: join(folder, "record.sqlite"), clock: realClock });
  const ledger = openLedger(microUsd(100_000));
  const responses: number[] = [];
  let i = 0;
  return {
    responses: [responses],
    name: "portfolio update",
    iterations: updates.warmup + planned("bench.portfolio.update"),
    async close() {
      recorder.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
    async next() {
      const side = i % 2 === 0 ? "buy" : "sell";
      await measure(bench, {
        recorder,
        sch: firstTick + (i * tickMs + updates.offsetMs) * 1_000_000,
        ph: i < updates.warmup ? "warmup" : "measure",
        cl: `update-${i}`,
        responses,
        subject: "own-code",
        operation: async () => {
          const fill = {
            symbol: "AAPL",
            side,
            quantity: 10,
            priceMicroUsd: microUsd(150),
            feeMicroUsd: microUsd(0.3),
          } as const;
          bookFill(ledger, { ...fill, fillId: createHash("sha256").update(`fill-${i}`).digest("hex") });
          await store.put("portfolio", "ledger", snapshotOf(ledger), { writer: "bench", ttlSeconds: null });
        },
      });
      i += 1;
    },
  };
}

const backtests = { warmup: 3, offsetMs: 225 } as const;

export function openBacktests({ bench, context, backend, planned, firstTick, tickMs }: Setting): BenchCase {
  const recorder = openSamples(context, "bench", "bench.backtest.year-three-symbols");
  const year = { symbols: ["AAPL", "^GSPC", "BTC/USD"], start: "2016-07-05", end: "2017-06-30" };
  const responses: number[] = [];
  let i = 0;
  return {
    responses: [responses],
    name: "backtest, one year, three symbols",
    iterations: backtests.warmup + planned("bench.backtest.year-three-symbols"),
    close: recorder.close,
    async next() {
      await measure(bench, {
        recorder,
        sch: firstTick + (i * tickMs + backtests.offsetMs) * 1_000_000,
        ph: i < backtests.warmup ? "warmup" : "measure",
        cl: `backtest-${i}`,
        responses,
        subject: "own-code",
        operation: () => backend.call("backtest", { ...year, strategy: "sma-cross-reverse" }),
      });
      i += 1;
    },
  };
}
