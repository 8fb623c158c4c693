// A freeze lasts as long as the fate of its order is open, whoever is killed in between; a person can end it.
import { expect, test } from "vitest";
import { freeze, holdsOn, thaw } from "../../../src/broker/desk/holds.ts";
import { advance, deskNamespace, recordIntent, type Desk } from "../../../src/broker/desk/order-record.ts";
import { placeOrder } from "../../../src/broker/desk/place-order.ts";
import { settleByHand } from "../../../src/broker/desk/settle-by-hand.ts";
import { startDesk } from "../../../src/broker/desk/start-desk.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { order, stage } from "../stage.ts";

const open = (): readonly string[] => [];
const id = order("1").clientOrderId;
const accepted = { outcome: "settled", record: { progress: { state: "accepted" } } };

/** An order that was sent, perhaps, and that the broker does not know. */
async function unknownStage() {
  const staged = await stage();
  staged.paper.plan({ on: "create", shows: "disconnect", effect: false });
  expect(await placeOrder(staged.desk, order("1"), open)).toMatchObject({ record: { progress: { state: "unknown" } } });
  const arrive = () =>
    staged.paper.market.create({
      symbol: "AAPL",
      side: "buy",
      type: "market",
      qty: "10",
      time_in_force: "day",
      client_order_id: id,
    });
  return { ...staged, arrive };
}

/** The same desk, killed at the moment it would delete anything. */
function killedAtDelete(desk: Desk): Desk {
  const die = (): never => {
    throw new Error("killed");
  };
  return { ...desk, store: { ...desk.store, delete: die } };
}

test.each(["startDesk", "holdsOn"])("killed before it could unfreeze: %s drops the freeze", async (who) => {
  const { desk, arrive } = await unknownStage();
  arrive();
  await expect(startDesk(killedAtDelete(desk))).rejects.toThrow("killed");
  expect(await desk.store.list(deskNamespace("one"), "frozen/")).toHaveLength(1);
  if (who === "startDesk") await startDesk(desk);
  else expect(await holdsOn(desk, "AAPL")).toEqual([]);
  expect(await desk.store.list(deskNamespace("one"), "frozen/")).toEqual([]);
  expect(await placeOrder(desk, order("2"), open)).toMatchObject(accepted);
});

test("a freeze whose order is still unknown, or still being sent, stays", async () => {
  const { desk } = await unknownStage();
  const other = order("2", { symbol: "MSFT" });
  await recordIntent(desk, other);
  await advance(desk, other.clientOrderId, { state: "sending", by: "another" });
  await freeze(desk, "MSFT", other.clientOrderId);
  expect([...(await thaw(desk))].sort()).toEqual([id, other.clientOrderId].sort());
  expect(await holdsOn(desk, "MSFT")).toEqual([`MSFT is frozen: nobody knows the fate of ${other.clientOrderId}`]);
});

test("a lost answer of the record is asked for again, by the freeze and by its end", async () => {
  const { desk, arrive } = await unknownStage();
  const lost = new Set(["put", "delete"]);
  const lose = (name: string): void => {
    if (lost.delete(name)) throw new SwarmError("memory.indeterminate", "No answer");
  };
  const store: Desk["store"] = {
    ...desk.store,
    put: async (...all) => {
      const entry = await desk.store.put(...all);
      lose("put");
      return entry;
    },
    delete: async (...all) => {
      const gone = await desk.store.delete(...all);
      lose("delete");
      return gone;
    },
  };
  const flaky = { ...desk, store };
  await freeze(flaky, "AAPL", id);
  arrive();
  expect(await placeOrder(flaky, order("1"), open)).toMatchObject(accepted);
  expect([lost.size, await holdsOn(flaky, "AAPL")]).toEqual([0, []]);
});

test("a person settles what stays unknown, and the symbol trades again", async () => {
  const { desk } = await unknownStage();
  const said = { state: "rejected", reason: "by hand: the broker never had it" } as const;
  expect(await settleByHand(desk, id, said)).toMatchObject({ progress: said });
  expect(await holdsOn(desk, "AAPL")).toEqual([]);
  expect(await placeOrder(desk, order("2"), open)).toMatchObject(accepted);
  expect(await placeOrder(desk, order("1"), open)).toMatchObject({ record: { progress: said } });
});

test("the broker's word goes before a person's; nothing else can be settled", async () => {
  const { desk, arrive } = await unknownStage();
  arrive();
  const said = { state: "rejected", reason: "by hand" } as const;
  expect(await settleByHand(desk, id, said)).toMatchObject({ progress: { state: "accepted" } });
  await recordIntent(desk, order("2"));
  for (const [which, why] of [
    [order("2").clientOrderId, "it was never sent"],
    ["nobody", "the record does not hold it"],
  ] as const) {
    await expect(settleByHand(desk, which, said)).rejects.toMatchObject({
      code: "usage.invalid",
      message: `[usage.invalid] Cannot settle ${which}: ${why}`,
    });
  }
});
