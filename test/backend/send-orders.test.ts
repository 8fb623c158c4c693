import { expect, onTestFinished, test } from "vitest";
import { clientOrderId } from "../../src/broker/client-order-id.ts";
import { servePaper, type PaperServer } from "../../src/broker/paper/serve-paper.ts";
import { capital } from "../../src/backend/book-decision.ts";
import { sendOrders, type OrderToSend, type SendParts, type SendRequest } from "../../src/backend/send-orders.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { systemRandom as random } from "../../src/host/random.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { defaultLimits } from "../../src/portfolio/size.ts";

const aapl: OrderToSend = {
  decisionId: "AAPL@2017-06-01",
  symbol: "AAPL",
  side: "buy",
  quantity: 100,
  quoteMicroUsd: 150_000_000,
};
const msft: OrderToSend = {
  ...aapl,
  decisionId: "MSFT@2017-06-01",
  symbol: "MSFT",
  quantity: 10,
  quoteMicroUsd: 70_000_000,
};
const request: SendRequest = { broker: "loopback", run: "run-1", limits: defaultLimits, orders: [aapl, msft] };
const idOf = ({ decisionId, symbol, side }: OrderToSend, runId = "run-1"): string =>
  clientOrderId({ runId, decisionId, symbol, side, leg: 0 });

function partsOf(env: SendParts["env"] = {}): SendParts {
  const store = openMemoryStore({ clock });
  return { store: async () => store, clock, random, env };
}

async function alpacaStage(): Promise<{ readonly paper: PaperServer; readonly parts: SendParts }> {
  const quotes = { AAPL: 150_000_000, MSFT: 70_000_000 };
  const paper = await servePaper({ keyId: "paper-key", secret: "paper-secret", cashMicroUsd: capital, quotes });
  onTestFinished(() => paper.close());
  return {
    paper,
    parts: partsOf({ ALPACA_TRADING_URL: paper.url, ALPACA_API_KEY: "paper-key", ALPACA_API_SECRET: "paper-secret" }),
  };
}

test("loopback: orders leave under their decisions' names, fill in parts, and the books agree with the broker", async () => {
  expect(await sendOrders(partsOf(), request)).toEqual({
    kind: "loopback",
    account: "loopback-run-1",
    run: "run-1",
    orders: [
      { clientOrderId: idOf(aapl), symbol: "AAPL", side: "buy", quantity: 100, state: "accepted", reasons: [] },
      { clientOrderId: idOf(msft), symbol: "MSFT", side: "buy", quantity: 10, state: "accepted", reasons: [] },
    ],
    executions: 6,
    differences: [],
  });
});

test("a run of the same name sends nothing twice and finds everything as it was", async () => {
  const parts = partsOf();
  const [first, again] = [await sendOrders(parts, request), await sendOrders(parts, request)];
  expect(again).toEqual(first);
  const other = await sendOrders(parts, { ...request, run: "run-2" });
  expect(other.orders.map(({ clientOrderId: id }) => id)).toEqual([idOf(aapl, "run-2"), idOf(msft, "run-2")]);
});

test("one name for two orders is refused", async () => {
  const parts = partsOf();
  await sendOrders(parts, request);
  const changed = { ...request, orders: [{ ...aapl, quantity: 99 }] };
  await expect(sendOrders(parts, changed)).rejects.toMatchObject({ code: "usage.invalid" });
});

test("Alpaca's shapes: each order is posted once, however often the run is asked for", async () => {
  const { paper, parts } = await alpacaStage();
  const alpaca: SendRequest = { ...request, broker: "alpaca" };
  const first = await sendOrders(parts, alpaca);
  expect(first).toMatchObject({ kind: "alpaca", account: "alpaca-paper", executions: 0, differences: [] });
  paper.market.step();
  const again = await sendOrders(parts, alpaca);
  expect(again.orders).toEqual(first.orders);
  expect([again.executions, again.differences]).toEqual([2, []]);
  expect([...paper.posts.values()]).toEqual([1, 1]);
});

test("an answer that is lost is looked up, not repeated", async () => {
  const { paper, parts } = await alpacaStage();
  paper.plan({ on: "create", shows: "disconnect", effect: true });
  const { orders } = await sendOrders(parts, { ...request, broker: "alpaca" });
  expect(orders.map(({ state }) => state)).toEqual(["accepted", "accepted"]);
  expect([[...paper.posts.values()], paper.market.orders.length]).toEqual([[1, 1], 2]);
});

test("what the broker turns down, and what the door holds back, says why", async () => {
  const { paper, parts } = await alpacaStage();
  paper.plan({ on: "create", shows: { status: 403, message: "account is restricted" }, effect: false });
  const large = { ...msft, quantity: 400 };
  const { orders } = await sendOrders(parts, { ...request, broker: "alpaca", orders: [aapl, large] });
  expect(orders).toMatchObject([
    { symbol: "AAPL", state: "rejected", reasons: ["account is restricted"] },
    { symbol: "MSFT", state: "held", reasons: ["order notional, micro-dollars: 28000000000, at most 21000000000"] },
  ]);
  expect(paper.market.orders).toEqual([]);
});

test("a broker that holds what the books do not know stops trading", async () => {
  const { paper, parts } = await alpacaStage();
  await sendOrders(parts, { ...request, broker: "alpaca", orders: [] });
  paper.market.create({
    client_order_id: "x",
    symbol: "MSFT",
    side: "buy",
    qty: "1",
    type: "market",
    time_in_force: "day",
  });
  paper.market.step();
  // Executions are booked by id; what has none is a difference.
  (paper.market.positions() as Map<string, number>).set("AAPL", 5);
  const { orders, differences } = await sendOrders(parts, { ...request, broker: "alpaca" });
  expect(differences).toEqual(["AAPL: the books say 0, the broker says 5"]);
  expect(orders.map(({ state }) => state)).toEqual(["held", "held"]);
  expect(orders[0]?.reasons.join()).toContain("trading is stopped");
});

test("without keys nothing is sent, and a wrong address is refused", async () => {
  const alpaca: SendRequest = { ...request, broker: "alpaca" };
  await expect(sendOrders(partsOf(), alpaca)).rejects.toMatchObject({ code: "auth.missing" });
  const clear = {
    ALPACA_TRADING_URL: "http://broker.example",
    ALPACA_API_KEY: "paper-key",
    ALPACA_API_SECRET: "paper-secret",
  };
  await expect(sendOrders(partsOf(clear), alpaca)).rejects.toThrow("Cannot use ALPACA_TRADING_URL");
});
