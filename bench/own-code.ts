// Functions of this package: booking a fill durably, a year of three symbols through the backtest, the shared record written
// and read. They run in a process of their own, so that they do not hold up the loop that measures the target.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { microUsd } from "../src/contracts/money.ts";
import { realClock } from "../src/host/clock.ts";
import { openSqliteStore } from "../src/memory/sqlite-store.ts";
import { bookFill } from "../src/portfolio/book-fill.ts";
import { openLedger } from "../src/portfolio/ledger.ts";
import { snapshotOf } from "../src/portfolio/snapshot.ts";
import { closeGauges, openGauge } from "./gauges.ts";
import { measure } from "./schedule.ts";
import type { BenchCase, Setting } from "./setting.ts";

const warmup = 5;
/** Places in the tick, parts of it. */
const places = { update: 0, write: 0.2, read: 0.3, backtest: 0.4 } as const;

/** A fill into the ledger and its snapshot into the record, acknowledged when durable; a write and a read; a backtest. */
export async function openOwnCode(setting: Setting): Promise<BenchCase> {
  const { bench, context, backend, planned, firstTick, tickMs, shard } = setting;
  const gauges = {
    update: openGauge(context, shard, "bench.portfolio.update"),
    write: openGauge(context, shard, "bench.memory.write"),
    read: openGauge(context, shard, "bench.memory.read"),
    backtest: openGauge(context, shard, "bench.backtest.year-three-symbols"),
  };
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-bench-"));
  const store = await openSqliteStore({ path: join(folder, "record.sqlite"), clock: realClock });
  const ledger = openLedger(microUsd(100_000));
  const year = { symbols: ["AAPL", "^GSPC", "BTC/USD"], start: "2016-07-05", end: "2017-06-30" };
  const forEver = { writer: "bench", ttlSeconds: null };
  let i = 0;
  const operations = {
    update: async () => {
      const side = i % 2 === 0 ? "buy" : "sell";
      const fill = {
        symbol: "AAPL",
        side,
        quantity: 10,
        priceMicroUsd: microUsd(150),
        feeMicroUsd: microUsd(0.3),
      } as const;
      bookFill(ledger, { ...fill, fillId: createHash("sha256").update(`fill-${i}`).digest("hex") });
      await store.put("portfolio", "ledger", snapshotOf(ledger), forEver);
    },
    write: async () => void (await store.put("bench", `key-${i % 100}`, { value: i }, forEver)),
    read: async () => void (await store.get("bench", `key-${i % 100}`)),
    backtest: async () => void (await backend.call("backtest", { ...year, strategy: "sma-cross-reverse" })),
  };
  return {
    name: "portfolio update, shared record, backtest",
    iterations: warmup + planned("bench.portfolio.update"),
    moreAtOnce: 10,
    series: [gauges.update.series, gauges.backtest.series],
    async close() {
      closeGauges(gauges);
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
    async next() {
      const start = firstTick + i * tickMs * 1_000_000;
      for (const name of ["update", "write", "read", "backtest"] as const) {
        await measure(bench, {
          ...gauges[name],
          sch: start + Math.round(places[name] * tickMs * 1e6),
          ph: i < warmup ? "warmup" : "measure",
          cl: null,
          subject: "own-code",
          operation: operations[name],
        });
      }
      i += 1;
    },
  };
}
