// What a start believes: only what it has read of one moment, a stop that stands, and each execution once.
import { expect, test } from "vitest";
import type { Broker } from "../../../src/broker/broker.ts";
import { advance, recordIntent, type Desk } from "../../../src/broker/desk/order-record.ts";
import { placeOrder } from "../../../src/broker/desk/place-order.ts";
import { startDesk } from "../../../src/broker/desk/start-desk.ts";
import { stopTrading } from "../../../src/broker/desk/stop-trading.ts";
import { order, stage } from "../stage.ts";

const open = (): readonly string[] => [];
const withBroker = (desk: Desk, more: Partial<Broker>): Desk => ({ ...desk, broker: { ...desk.broker, ...more } });

test("a stop from before is said, although nothing differs now", async () => {
  const { desk } = await stage();
  await stopTrading(desk, "enough");
  expect(await startDesk(desk)).toMatchObject({ books: { found: 0 }, differences: [], isStopped: true });
});

test("executions that never stand still are refused, not compared", async () => {
  const { paper, desk } = await stage();
  for (let one = 0; one < 20; one += 1) await desk.broker.submit(order(String(one), { quantity: 3 }));
  let step = 0;
  const restless = withBroker(desk, {
    async holdings() {
      const holdings = await desk.broker.holdings();
      step += 1;
      paper.market.step();
      await desk.broker.submit(order(`more ${step}`, { quantity: 1 }));
      return holdings;
    },
  });
  await expect(startDesk(restless)).rejects.toMatchObject({ code: "broker.unavailable", details: { reads: 10 } });
  // An account that is not compared is not stopped either.
  expect(await startDesk(desk)).toMatchObject({ books: { found: 0 }, differences: [], isStopped: false });
});

test("only executions that the books lack are written", async () => {
  const { paper, desk } = await stage();
  await placeOrder(desk, order("1"), open);
  paper.market.step();
  await startDesk(desk);
  paper.market.step();
  const written: string[] = [];
  const store: Desk["store"] = {
    ...desk.store,
    compareAndSet(...all) {
      written.push(all[1]);
      return desk.store.compareAndSet(...all);
    },
  };
  expect(await startDesk({ ...desk, store })).toMatchObject({ executions: 2, books: { found: 0 }, differences: [] });
  expect(written).toEqual([expect.stringMatching(/^fill\/[0-9a-f]{2}\/00000000000000002::paper-1$/)]);
});

test("an execution that is not the one that was booked is a difference, and stops", async () => {
  const { paper, desk } = await stage();
  await placeOrder(desk, order("1"), open);
  paper.market.step();
  await startDesk(desk);
  const altering = withBroker(desk, {
    executions: async (after) => (await desk.broker.executions(after)).map((fill) => ({ ...fill, quantity: 5 })),
  });
  const { books, isStopped } = await startDesk(altering);
  expect([books.differences[0], isStopped]).toEqual([{ kind: "altered", fillId: "00000000000000001::paper-1" }, true]);
});

test("open fates are looked up side by side, and one that was unknown before once", async () => {
  const { desk } = await stage();
  const looked: string[] = [];
  let [now, most] = [0, 0];
  const slow = withBroker(desk, {
    async find(id) {
      looked.push(id);
      now += 1;
      most = Math.max(most, now);
      await desk.clock.sleep(20);
      now -= 1;
      return null;
    },
  });
  const orders = ["1", "2", "3", "4"].map((name) => order(name));
  for (const one of orders) {
    await recordIntent(desk, one);
    await advance(desk, one.clientOrderId, { state: "sending", by: "a dead process" });
  }
  expect((await startDesk(slow)).orders).toMatchObject({ sending: 0, unknown: 4 });
  expect([looked.length, most]).toEqual([12, 4]);
  looked.length = 0;
  await startDesk(slow);
  expect(looked).toHaveLength(4);
});
