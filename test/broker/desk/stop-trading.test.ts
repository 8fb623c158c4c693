// After the stop nothing is sent, and what was being sent when it came is cancelled when it arrives.
import { expect, test } from "vitest";
import type { Broker } from "../../../src/broker/broker.ts";
import type { Desk } from "../../../src/broker/desk/order-record.ts";
import { advance, recordIntent } from "../../../src/broker/desk/order-record.ts";
import { placeOrder } from "../../../src/broker/desk/place-order.ts";
import { stopTrading } from "../../../src/broker/desk/stop-trading.ts";
import { uncancelled } from "../../../src/broker/uncancelled.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { order, stage } from "../stage.ts";

const open = (): readonly string[] => [];
const withBroker = (desk: Desk, more: Partial<Broker>): Desk => ({ ...desk, broker: { ...desk.broker, ...more } });

test("a stop that comes after the first look and before the right to send: refused, nothing is posted", async () => {
  const { paper, desk } = await stage();
  let stopped = false;
  const store: Desk["store"] = {
    ...desk.store,
    async compareAndSet(...all) {
      const claims = JSON.stringify(all[3]).includes('"sending"');
      if (claims && !stopped) {
        stopped = true;
        await stopTrading(desk, "enough");
      }
      return desk.store.compareAndSet(...all);
    },
  };
  expect(await placeOrder({ ...desk, store }, order("1"), open)).toMatchObject({
    outcome: "settled",
    record: { progress: { state: "refused", reason: "not sent: trading is stopped: enough" } },
  });
  expect(paper.posts.size).toBe(0);
});

test("an order that was being sent when the stop came is cancelled when it arrives", async () => {
  const { paper, desk } = await stage();
  let arrive = (): void => undefined;
  const held = new Promise<void>((resolve) => (arrive = resolve));
  let cancellations = 0;
  const slow = withBroker(desk, {
    async submit(wanted) {
      await held;
      return desk.broker.submit(wanted);
    },
    async cancelAll() {
      await desk.broker.cancelAll();
      cancellations += 1;
      // The first cancellation found nothing; now the order arrives.
      arrive();
    },
  });
  const placing = placeOrder(slow, order("1"), open);
  while (
    (await desk.store.list("orders/one", "order/")).every(({ value }) => !JSON.stringify(value).includes("sending"))
  )
    await desk.clock.sleep(1);
  await stopTrading({ ...slow, lookUpsMs: [20, 40, 80, 160, 320] }, "enough");
  expect(await placing).toMatchObject({ record: { progress: { state: "accepted" } } });
  expect(cancellations).toBeGreaterThan(1);
  expect(paper.market.orders.map(({ status }) => status)).toEqual(["canceled"]);
});

test("what nobody ends is named when the waits are over, and the stop stands", async () => {
  const { desk } = await stage();
  await recordIntent(desk, order("1"));
  await advance(desk, order("1").clientOrderId, { state: "sending", by: "a dead process" });
  const id = order("1").clientOrderId;
  await expect(stopTrading(desk, "enough")).rejects.toMatchObject({
    code: "broker.uncancelled",
    message: `[broker.uncancelled] 1 orders may still be open, somebody was sending them: ${id}`,
  });
  expect(await placeOrder(desk, order("2"), open)).toMatchObject({ reasons: ["trading is stopped: enough"] });
});

test("a refused or unanswered cancellation is tried again, another fault is told at once", async () => {
  const { desk } = await stage();
  const faults = [
    uncancelled(["b-1"], "the broker refused to cancel them"),
    new SwarmError("broker.unavailable", "No answer"),
  ];
  await stopTrading(
    withBroker(desk, {
      async cancelAll() {
        const fault = faults.shift();
        if (fault !== undefined) throw fault;
      },
    }),
    "enough",
  );
  expect(faults).toEqual([]);
  let asked = 0;
  const refusing = withBroker(desk, {
    async cancelAll() {
      asked += 1;
      throw new SwarmError("auth.refused", "No");
    },
  });
  await expect(stopTrading(refusing, "enough")).rejects.toMatchObject({ code: "auth.refused" });
  expect(asked).toBe(1);
});
