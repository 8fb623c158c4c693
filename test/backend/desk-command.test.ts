// What a person does at the desk: sees what holds orders, settles one, resumes.
import { expect, onTestFinished, test } from "vitest";
import { placeOrder } from "../../src/broker/desk/place-order.ts";
import { stopTrading } from "../../src/broker/desk/stop-trading.ts";
import { servePaper } from "../../src/broker/paper/serve-paper.ts";
import { deskCommand } from "../../src/backend/desk-command.ts";
import { alpacaDesk } from "../../src/backend/send-orders.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { systemRandom as random } from "../../src/host/random.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { order } from "../broker/stage.ts";

test("an unknown order is shown, settled by hand and gone; a stop is shown and taken back", async () => {
  const paper = await servePaper({
    keyId: "paper-key",
    secret: "paper-secret",
    cashMicroUsd: 1e12,
    quotes: { AAPL: 1_000_000 },
  });
  onTestFinished(() => paper.close());
  const store = openMemoryStore({ clock });
  const env = { ALPACA_TRADING_URL: paper.url, ALPACA_API_KEY: "paper-key", ALPACA_API_SECRET: "paper-secret" };
  const parts = { store: async () => store, clock, random, env };
  const desk = { ...(await alpacaDesk(parts, "test")), lookUpsMs: [1] };
  paper.plan({ on: "create", shows: "disconnect", effect: false });
  await placeOrder(desk, order("1"), () => []);
  await stopTrading(desk, "enough");
  const id = order("1").clientOrderId;
  const stopped = "trading is stopped: enough";
  expect(await deskCommand(parts, [])).toEqual([
    stopped,
    `frozen: ${id} buy 10 AAPL unknown: the broker does not know it`,
  ]);
  await expect(deskCommand(parts, ["--settle", id])).rejects.toMatchObject({ code: "usage.invalid" });
  await expect(deskCommand(parts, ["--unfreeze", id])).rejects.toMatchObject({ code: "usage.invalid" });
  expect(await deskCommand(parts, ["--settle", id, "--as", "rejected", "--reason", "support says so"])).toEqual([
    `settled: ${id} buy 10 AAPL rejected: by hand: support says so`,
    stopped,
  ]);
  expect(await deskCommand(parts, ["--resume"])).toEqual(["resumed", "trading is not stopped"]);
});
