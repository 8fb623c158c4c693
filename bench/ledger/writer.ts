// One writer: a process that books the fills it is told of and says how far it has come, until it is done or killed.
//   node dist/bench/ledger/writer.js <record> <fills> <writers> <seed> <writer> <from>
// A line holds the number of deliveries acknowledged so far and how many of them the books did not hold before.
import { writeSync } from "node:fs";
import { realClock as clock } from "../../src/host/clock.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { journalFill } from "../../src/portfolio/account/fill-journal.ts";
import { account, deliveriesTo, fillAt } from "./plan.ts";

const inFlight = 32;
const [path = "", ...numbers] = process.argv.slice(2);
const [fills = 0, writers = 1, seed = 1, writer = 0, from = 0] = numbers.map(Number);
const plan = { fills, writers, seed };
const store = await openSqliteStore({ path, clock });
const told = deliveriesTo(plan, writer);
let booked = 0;
for (let at = from; at < told.length; at += inFlight) {
  const batch = told.slice(at, at + inFlight);
  const outcomes = await Promise.all(
    batch.map((index) => journalFill({ store, clock, account }, fillAt(plan, index), `writer-${writer}`)),
  );
  booked += outcomes.filter((outcome) => outcome === "booked").length;
  writeSync(1, `${at + batch.length} ${booked}\n`);
}
await store.close();
