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
/** Where in each interval they may lie, parts of it; the rest is for the backtest to end before the next one begins. */
const places = {
  update: { from: 0, to: 0.25 },
  write: { from: 0.25, to: 0.35 },
  read: { from: 0.35, to: 0.45 },
  backtest: { from: 0.45, to: 0.7 },
} as const;
const names = ["update", "write", "read", "backtest"] as const;

/** A fill into the ledger and its snapshot into the record, acknowledged when durable; a write and a read; a backtest. */
export async function openOwnCode(setting: Setting): Promise<BenchCase> {
  const { bench, context, backend, planned, firstTick, shard } = setting;
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
  const due = {
    update: setting.timetable("update", places.update),
    write: setting.timetable("write", places.write),
    read: setting.timetable("read", places.read),
    backtest: setting.timetable("backtest", places.backtest),
  };
  let i = 0;
  const operations = {
    update: async () => {
      bookFill(ledger, fillOf(i));
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
      for (const name of names) {
        await measure(bench, {
          ...gauges[name],
          sch: firstTick + due[name](i),
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

/** Bought and sold by turns. */
function fillOf(i: number): Parameters<typeof bookFill>[1] {
  return {
    fillId: createHash("sha256").update(`fill-${i}`).digest("hex"),
    symbol: "AAPL",
    side: i % 2 === 0 ? "buy" : "sell",
    quantity: 10,
    priceMicroUsd: microUsd(150),
    feeMicroUsd: microUsd(0.3),
  };
}
