// An order is written down before it leaves, leaves at most once, and an open fate is looked up, never repeated.
import { expect, test } from "vitest";
import { checkAtDoor, type DoorFacts, type DoorLimits } from "../../../src/broker/desk/check-at-door.ts";
import { resumeTrading } from "../../../src/broker/desk/holds.ts";
import { readOrders } from "../../../src/broker/desk/order-record.ts";
import { placeOrder } from "../../../src/broker/desk/place-order.ts";
import { bookExecutions, startDesk } from "../../../src/broker/desk/start-desk.ts";
import { stopTrading } from "../../../src/broker/desk/stop-trading.ts";
import { order, stage } from "../stage.ts";

const settled = (state: string, rest: object = {}) => ({
  outcome: "settled",
  record: { progress: { state, ...rest } },
});
const open = (): readonly string[] => [];
const accepted = settled("accepted", { brokerOrderId: "paper-1" });

test("placed once however often it is asked for, by two at a time too", async () => {
  const { paper, desk } = await stage();
  const both = await Promise.all([placeOrder(desk, order("1"), open), placeOrder(desk, order("1"), open)]);
  expect(both).toMatchObject([accepted, accepted]);
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(accepted);
  expect([...paper.posts.values()]).toEqual([1]);
  await expect(placeOrder(desk, { ...order("1"), quantity: 11 }, open)).rejects.toMatchObject({
    code: "usage.invalid",
  });
});

test("the intent is in the record before the broker hears of it", async () => {
  const { desk } = await stage();
  const seen: unknown[] = [];
  const submit: typeof desk.broker.submit = async (wanted) => {
    seen.push((await readOrders(desk)).map(({ order, progress }) => [order.clientOrderId, progress.state]));
    return desk.broker.submit(wanted);
  };
  await placeOrder({ ...desk, broker: { ...desk.broker, submit } }, order("1"), open);
  expect(seen).toEqual([[[order("1").clientOrderId, "sending"]]]);
});

test.each(["disconnect", "hang", "garbled", { status: 502, message: "" }] as const)(
  "taken although it met %o: found, not repeated",
  async (shows) => {
    const { paper, desk } = await stage(shows === "hang" ? 2_000 : undefined);
    paper.plan({ on: "create", shows, effect: true });
    expect(await placeOrder(desk, order("1"), open)).toMatchObject(accepted);
    expect([[...paper.posts.values()], paper.market.orders.length]).toEqual([[1], 1]);
  },
);

test("not found in the window: unknown, its symbol frozen, others not; a later look settles it", async () => {
  const { paper, desk } = await stage();
  paper.plan({ on: "create", shows: "disconnect", effect: false });
  const unknown = settled("unknown", { reason: "the broker does not know it" });
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(unknown);
  const id = order("1").clientOrderId;
  expect(await placeOrder(desk, order("2"), open)).toEqual({
    outcome: "held",
    reasons: [`AAPL is frozen: nobody knows the fate of ${id}`],
  });
  expect(await placeOrder(desk, order("3", { symbol: "MSFT" }), open)).toMatchObject(accepted);
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(unknown);
  expect(paper.posts.get(id)).toBe(1);
  // It had been taken after all and shows only now.
  paper.market.create({
    symbol: "AAPL",
    side: "buy",
    type: "market",
    qty: "10",
    time_in_force: "day",
    client_order_id: id,
  });
  expect((await startDesk(desk)).orders).toEqual({
    intended: 1,
    sending: 0,
    accepted: 2,
    rejected: 0,
    refused: 0,
    unknown: 0,
  });
  expect(await placeOrder(desk, order("2"), open)).toMatchObject(settled("accepted", { brokerOrderId: "paper-3" }));
});

test("look-ups that fail leave it unknown; another order under its id is not ours", async () => {
  const { paper, desk } = await stage();
  paper.plan({ on: "create", shows: "disconnect", effect: true });
  for (let look = 0; look < 3; look += 1)
    paper.plan({ on: "find", shows: { status: 500, message: "" }, effect: false });
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(settled("unknown"));
  const id = order("2", { symbol: "MSFT" }).clientOrderId;
  paper.market.create({
    symbol: "MSFT",
    side: "buy",
    type: "market",
    qty: "1",
    time_in_force: "day",
    client_order_id: id,
  });
  expect(await placeOrder(desk, order("2", { symbol: "MSFT" }), open)).toMatchObject(
    settled("unknown", { reason: "the broker holds another order under its id" }),
  );
});

test("refused and rejected orders are final", async () => {
  const { paper, desk } = await stage();
  paper.plan({ on: "create", shows: { status: 429, message: "slow down" }, effect: false });
  const refused = settled("refused", { reason: "429: slow down" });
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(refused);
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(refused);
  expect(await placeOrder(desk, order("2", { quantity: 10_000 }), open)).toMatchObject(
    settled("rejected", { reason: "insufficient buying power" }),
  );
});

test("the door and the stop hold an order back, and nothing is sent", async () => {
  const { paper, desk } = await stage();
  expect(await placeOrder(desk, order("1"), () => ["the market is closed"])).toEqual({
    outcome: "held",
    reasons: ["the market is closed"],
  });
  await stopTrading(desk, "enough");
  expect(await placeOrder(desk, order("1"), open)).toEqual({
    outcome: "held",
    reasons: ["trading is stopped: enough"],
  });
  expect(paper.posts.size).toBe(0);
  await resumeTrading(desk);
  expect(await placeOrder(desk, order("1"), open)).toMatchObject(accepted);
});

test("executions are booked once; a difference from the broker stops trading", async () => {
  const { paper, desk } = await stage();
  await placeOrder(desk, order("1"), open);
  paper.market.step();
  const half = await desk.broker.executions();
  expect([await bookExecutions(desk, half), await bookExecutions(desk, half)]).toEqual([1, 0]);
  paper.market.step();
  expect(await startDesk(desk)).toMatchObject({
    executions: 2,
    books: { found: 0 },
    differences: [],
    isStopped: false,
  });
  // A fill that the broker knows nothing of.
  await bookExecutions(
    desk,
    half.map((fill) => ({ ...fill, fillId: "planted" })),
  );
  expect(await startDesk(desk)).toMatchObject({
    books: { differences: [{ kind: "unknown", fillId: "planted" }, { of: "cash" }, {}, { of: "quantity of AAPL" }] },
    isStopped: true,
  });
  expect(await placeOrder(desk, order("2"), open)).toMatchObject({ outcome: "held" });
  expect(paper.market.orders[0]?.status).toBe("canceled");
});

test("every limit of the door is named with what it was and may be", () => {
  const limits: DoorLimits = {
    orderNotionalMicroUsd: 2_000_000_000,
    positionUnits: 20,
    grossMicroUsd: 5_000_000_000,
    dailyLossMicroUsd: 100,
    ordersPerMinute: 10,
    collarPpm: 50_000,
    quoteAgeMs: 1_000,
  };
  const calm: DoorFacts = {
    quoteMicroUsd: 187_200_000,
    quoteAgeMs: 5,
    isMarketOpen: true,
    positionUnits: 10,
    otherGrossMicroUsd: 1_000_000_000,
    lossMicroUsd: -5,
    ordersLastMinute: 9,
  };
  expect(checkAtDoor(order("1"), calm, limits)).toEqual([]);
  const wild = { ...calm, quoteAgeMs: 1_001, isMarketOpen: false, positionUnits: 11, lossMicroUsd: 101 };
  const far = order("1", { limitMicroUsd: 205_920_000 });
  expect(checkAtDoor(far, { ...wild, otherGrossMicroUsd: 5_000_000_000, ordersLastMinute: 10 }, limits)).toEqual([
    "order notional, micro-dollars: 2059200000, at most 2000000000",
    "position, units: 21, at most 20",
    "gross exposure, micro-dollars: 8931200000, at most 5000000000",
    "loss of the day, micro-dollars: 101, at most 100",
    "orders in a minute: 11, at most 10",
    "distance from the quote, millionths: 100000, at most 50000",
    "age of the quote, ms: 1001, at most 1000",
    "the market is closed",
  ]);
  expect(checkAtDoor(order("1"), { ...calm, quoteAgeMs: NaN }, limits)).toHaveLength(1);
});
