// One life of a process that trades: it reconciles, then places its decisions in order, saying how each went.
//   node dist/bench/broker/client.js <url> <record> <orders> <seed> [resend|hold|crash]
// Planted mistakes: `resend` sends again under a new name when no answer came, `hold` lets nothing pass its door, `crash` ends
// by itself after its first order.
import { writeSync } from "node:fs";
import { openAlpaca } from "../../src/broker/alpaca/open-alpaca.ts";
import type { Broker, OrderRequest } from "../../src/broker/broker.ts";
import { checkAtDoor, type DoorFacts, type DoorLimits } from "../../src/broker/desk/check-at-door.ts";
import { placeOrder } from "../../src/broker/desk/place-order.ts";
import { startDesk } from "../../src/broker/desk/start-desk.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { systemRandom as random } from "../../src/host/random.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { account, capitalMicroUsd, orderAt, paperKeys, quotes } from "./plan.ts";

/** Of a POST: what hangs shall be given up soon. What only reads waits as long as it does by default. */
const timeoutMs = 400;
/** Wide enough that only a runaway position meets them: the torture is about sending. */
const limits: DoorLimits = {
  orderNotionalMicroUsd: 10_000_000_000,
  positionUnits: 10_000,
  grossMicroUsd: capitalMicroUsd,
  dailyLossMicroUsd: 1_000_000_000,
  ordersPerMinute: 100_000,
  collarPpm: 0,
  quoteAgeMs: 0,
};
const lookUpsMs = [5, 10, 20, 40];
const [baseUrl = "", path = "", orders = "0", seed = "1", plant] = process.argv.slice(2);
const env = { ALPACA_API_KEY: paperKeys.keyId, ALPACA_API_SECRET: paperKeys.secret };
const alpaca: Broker = {
  ...openAlpaca({ env, baseUrl }),
  submit: (order) => openAlpaca({ env, baseUrl, timeoutMs }).submit(order),
};
const store = await openSqliteStore({ path, clock });
const broker = plant === "resend" ? resending(alpaca) : alpaca;
const desk = { store, clock, random, broker, account, writer: "client", lookUpsMs };
const { isStopped, books, differences } = await startDesk(desk);
if (isStopped) writeSync(1, `stopped ${JSON.stringify([...books.differences, ...differences]).slice(0, 400)}\n`);
let placedHere = 0;
for (let index = 0; index < Number(orders); index += 1) {
  const order = orderAt(Number(seed), index);
  const placed = await placeOrder(desk, order, async () =>
    plant === "hold" ? ["nothing may pass"] : checkAtDoor(order, await factsOf(order), limits),
  );
  placedHere += 1;
  const state = placed.outcome === "held" ? "held" : placed.record.progress.state;
  writeSync(1, `${index} ${state}\n`);
  if (plant === "crash" && index === 0) process.exit(3);
}
await store.close();

/** Quotes of the plan are always fresh and the paper market never closes; what is held is asked of the broker. */
async function factsOf({ symbol }: OrderRequest): Promise<DoorFacts> {
  const { quantities, cashMicroUsd } = await alpaca.holdings();
  const values = [...quantities].map(([name, units]) => [name, units * (quotes[name] ?? 0)] as const);
  const equity = values.reduce((sum, [, value]) => sum + value, cashMicroUsd);
  return {
    quoteMicroUsd: quotes[symbol] ?? 0,
    quoteAgeMs: 0,
    isMarketOpen: true,
    positionUnits: quantities.get(symbol) ?? 0,
    otherGrossMicroUsd: values.reduce((sum, [name, value]) => sum + (name === symbol ? 0 : Math.abs(value)), 0),
    lossMicroUsd: capitalMicroUsd - equity,
    // All of this life: at least as many as in its last minute.
    ordersLastMinute: placedHere,
  };
}

function resending(broker: Broker): Broker {
  return {
    ...broker,
    async submit(order) {
      const first = await broker.submit(order);
      if (first.outcome !== "ambiguous") return first;
      return broker.submit({ ...order, clientOrderId: `${order.clientOrderId}-again` });
    },
  };
}
