// The adapter against a server of Alpaca's shapes: every end a submission can have, and reads that refuse what they cannot read.
import { createServer } from "node:http";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { openAlpaca } from "../../../src/broker/alpaca/open-alpaca.ts";
import { cashMicroUsd, keys, order, stage } from "../stage.ts";

test("accepted, filled in parts, found, held", async () => {
  const { paper, broker } = await stage();
  const wanted = order("1");
  const expected = {
    brokerOrderId: "paper-1",
    clientOrderId: wanted.clientOrderId,
    symbol: "AAPL",
    side: "buy",
    quantity: 10,
    filledQuantity: 0,
    status: "new",
  };
  expect(await broker.submit(wanted)).toEqual({ outcome: "accepted", order: expected });
  paper.market.step();
  expect(await broker.find(wanted.clientOrderId)).toEqual({
    ...expected,
    filledQuantity: 4,
    status: "partially_filled",
  });
  paper.market.step();
  paper.market.step();
  expect(await broker.find(wanted.clientOrderId)).toEqual({ ...expected, filledQuantity: 10, status: "filled" });
  const execution = { symbol: "AAPL", side: "buy", priceMicroUsd: 187_200_000, feeMicroUsd: 0 };
  expect(await broker.executions()).toEqual([
    { ...execution, fillId: "00000000000000001::paper-1", quantity: 4 },
    { ...execution, fillId: "00000000000000002::paper-1", quantity: 4 },
    { ...execution, fillId: "00000000000000003::paper-1", quantity: 2 },
  ]);
  expect(await broker.holdings()).toEqual({
    cashMicroUsd: cashMicroUsd - 1_872_000_000,
    quantities: new Map([["AAPL", 10]]),
  });
});

test("more executions than one page, each once; later ones are read from there on", async () => {
  const { paper, broker } = await stage();
  for (let i = 0; i < 84; i += 1) await broker.submit(order(String(i), { quantity: 3 }));
  for (let part = 0; part < 3; part += 1) paper.market.step();
  const fills = await broker.executions();
  expect([fills.length, new Set(fills.map(({ fillId }) => fillId)).size]).toEqual([252, 252]);
  expect(await broker.executions(fills[109]?.fillId)).toEqual(fills.slice(110));
  expect(await broker.executions(fills.at(-1)?.fillId)).toEqual([]);
});

test("duplicates, rejects and an unknown order", async () => {
  const { paper, broker } = await stage();
  await broker.submit(order("1"));
  expect(await broker.submit(order("1"))).toEqual({ outcome: "exists" });
  expect(await broker.submit(order("2", { symbol: "NONE" }))).toEqual({
    outcome: "rejected",
    reason: 'asset "NONE" not found',
  });
  expect(await broker.submit(order("3", { quantity: 10_000 }))).toEqual({
    outcome: "rejected",
    reason: "insufficient buying power",
  });
  expect(await broker.find("nobody")).toBe(null);
  expect(paper.market.orders.length).toBe(1);
});

test("a limit fills only within it, at the tick, and is cancelled with the rest", async () => {
  const { paper, broker } = await stage();
  await broker.submit(order("1", { limitMicroUsd: 187_199_999 }));
  await broker.submit(order("2", { side: "sell", limitMicroUsd: 187_190_001 }));
  paper.market.step();
  expect(paper.market.orders.map(({ limit, filled }) => [limit, filled])).toEqual([
    [187_190_000, 0],
    [187_200_000, 4],
  ]);
  await broker.cancelAll();
  expect(paper.market.orders.map(({ status }) => status)).toEqual(["canceled", "canceled"]);
});

test.each([
  [
    { status: 401, message: "no" },
    { outcome: "refused", reason: "401: no" },
  ],
  [
    { status: 429, message: "slow down" },
    { outcome: "refused", reason: "429: slow down" },
  ],
  [
    { status: 500, message: "oops" },
    { outcome: "ambiguous", reason: "status 500" },
  ],
  ["disconnect", { outcome: "ambiguous", reason: "UND_ERR_SOCKET" }],
  ["hang", { outcome: "ambiguous", reason: "no answer in time" }],
  ["garbled", { outcome: "ambiguous", reason: "its answer is no JSON" }],
] as const)("a POST that meets %o is sent once", async (shows, outcome) => {
  const { paper, broker } = await stage(shows === "hang" ? 500 : undefined);
  paper.plan({ on: "create", shows, effect: false });
  expect(await broker.submit(order("1"))).toEqual(outcome);
  expect([...paper.posts.values()]).toEqual([1]);
});

test.each([
  [{ status: 401, message: "no" }, "auth.refused"],
  [{ status: 429, message: "no" }, "broker.unavailable"],
  [{ status: 503, message: "no" }, "broker.unavailable"],
  ["hang", "broker.unavailable"],
  ["disconnect", "broker.unavailable"],
  ["garbled", "broker.malformed"],
] as const)("a read that meets %o is refused by name", async (shows, code) => {
  const { paper, broker } = await stage(shows === "hang" ? 500 : undefined);
  paper.plan({ on: "read", shows, effect: false });
  await expect(broker.executions()).rejects.toMatchObject({ code });
});

test.each([
  ["activities", [{ activity_type: "FILL", id: "1", symbol: "AAPL", side: "buy", qty: "0.5", price: "1" }]],
  ["activities", [{ activity_type: "FILL", id: "1", symbol: "AAPL", side: "buy", qty: "1", price: 1 }]],
  ["activities", { message: "hello" }],
] as const)("%s of another form are malformed", async (_, body) => {
  const broker = await answering(200, body);
  await expect(broker.executions()).rejects.toMatchObject({ code: "broker.malformed" });
});

test("a cancellation that the broker refuses for one order names that order", async () => {
  const rows = [
    { id: "b-1", status: 200 },
    { id: "b-2", status: 500 },
    { id: "b-3", status: 422 },
  ];
  await expect((await answering(207, rows)).cancelAll()).rejects.toMatchObject({
    code: "broker.uncancelled",
    message: "[broker.uncancelled] 2 orders may still be open, the broker refused to cancel them: b-2, b-3",
    details: { orders: 2, named: "b-2, b-3" },
  });
  await (await answering(207, rows.slice(0, 1))).cancelAll();
  for (const body of [null, {}, [{ id: "b-1" }]])
    await expect((await answering(207, body)).cancelAll()).rejects.toMatchObject({ code: "broker.malformed" });
});

test("a key that the broker echoes is in no reason and in no fault", async () => {
  const message = `no account for ${keys.ALPACA_API_KEY} and ${keys.ALPACA_API_SECRET}`;
  const clean = "no account for [redacted] and [redacted]";
  expect(await (await answering(403, { message })).submit(order("1"))).toEqual({ outcome: "rejected", reason: clean });
  expect(await (await answering(401, { message })).submit(order("1"))).toEqual({
    outcome: "refused",
    reason: `401: ${clean}`,
  });
  await expect((await answering(401, { message })).holdings()).rejects.toThrow(`The broker refused the key: ${clean}`);
});

/** A broker that gives this answer to everything. */
async function answering(status: number, body: unknown) {
  const server = createServer((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return openAlpaca({ env: keys, baseUrl: `http://127.0.0.1:${port}` });
}

test("a wrong key is refused, keys under both names must agree, live needs both switches", async () => {
  const { paper } = await stage();
  const wrong = openAlpaca({ env: { ...keys, ALPACA_API_SECRET: "other" }, baseUrl: paper.url });
  expect(await wrong.submit(order("1"))).toEqual({ outcome: "refused", reason: "401: request is not authorized" });
  await expect(wrong.holdings()).rejects.toMatchObject({ code: "auth.refused" });
  const codeOf = (env: Record<string, string>, live = false): string => {
    try {
      return openAlpaca({ env, live }).kind;
    } catch (thrown) {
      return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "?";
    }
  };
  expect(codeOf({})).toBe("auth.missing");
  expect(codeOf({ APCA_API_KEY_ID: "a", APCA_API_SECRET_KEY: "b" })).toBe("paper");
  expect(codeOf({ ...keys, APCA_API_KEY_ID: "other" })).toBe("usage.invalid");
  expect(codeOf(keys, true)).toBe("broker.live");
  expect(codeOf({ ...keys, ENABLE_LIVE_TRADING: "true" })).toBe("paper");
  expect(codeOf({ ...keys, ENABLE_LIVE_TRADING: "true" }, true)).toBe("live");
});
