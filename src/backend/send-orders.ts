// Accepted decisions as orders to a paper broker: its own on loopback, or Alpaca's paper API. Everything goes through the desk, so
// an order is written down before it leaves, leaves once, and is asked for again under the same name. Never live.
import type { DecideOutput } from "../contracts/operations/swarm.ts";
import { openAlpaca } from "../broker/alpaca/open-alpaca.ts";
import type { Holdings, OrderRequest } from "../broker/broker.ts";
import { clientOrderId } from "../broker/client-order-id.ts";
import { checkAtDoor, type DoorFacts, type DoorLimits } from "../broker/desk/check-at-door.ts";
import { readOrders, type Desk } from "../broker/desk/order-record.ts";
import { placeOrder, type Placed } from "../broker/desk/place-order.ts";
import { startDesk, type DeskReport } from "../broker/desk/start-desk.ts";
import type { PaperMarket } from "../broker/paper/paper-market.ts";
import { servePaper } from "../broker/paper/serve-paper.ts";
import type { MicroUsd } from "../contracts/money.ts";
import { feedAddress } from "../feeds/feed-address.ts";
import { openAccount } from "../portfolio/account/account.ts";
import { journalNamespace } from "../portfolio/account/fill-journal.ts";
import type { Limits } from "../portfolio/size.ts";
import { capital } from "./book-decision.ts";
import type { Parts } from "./parts.ts";

export interface OrderToSend {
  readonly decisionId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly quoteMicroUsd: MicroUsd;
}

export interface SendRequest {
  readonly broker: "loopback" | "alpaca";
  /** Equal names ask for equal orders. */
  readonly run: string;
  readonly limits: Limits;
  readonly orders: readonly OrderToSend[];
}

export type SendParts = Pick<Parts, "store" | "clock" | "random" | "env">;
type Sent = NonNullable<DecideOutput["broker"]>;

/** Executions that the loopback broker splits an order into. */
const parts = 3;
const ordersPerMinute = 100;
const collarPpm = 50_000;
const positionUnits = 1_000_000;

/** Throws `auth.*`, `broker.*`, `usage.invalid` when a name stands for another order already, and what the record throws. */
export async function sendOrders(of: SendParts, request: SendRequest): Promise<Sent> {
  const { random } = of;
  if (request.broker === "alpaca") return sendThrough(await alpacaDesk(of, request.run), request, () => undefined);
  const keys = { keyId: "loopback", secret: random.bytes(16).toString("hex") };
  const quotes = Object.fromEntries(request.orders.map(({ symbol, quoteMicroUsd }) => [symbol, quoteMicroUsd]));
  const paper = await servePaper({ ...keys, cashMicroUsd: capital, quotes, parts });
  try {
    const env = { ALPACA_API_KEY: keys.keyId, ALPACA_API_SECRET: keys.secret };
    const broker = openAlpaca({ env, baseUrl: paper.url });
    const desk = await deskAt(of, { broker, account: `loopback-${request.run}`, writer: request.run });
    const fill = (): void => Array.from({ length: parts }).forEach(() => paper.market.step());
    await remember(desk, paper.market);
    fill();
    return await sendThrough(desk, request, fill);
  } finally {
    await paper.close();
  }
}

/** The desk of Alpaca's paper account, or of the address in ALPACA_TRADING_URL. Throws `auth.*`, `usage.invalid`. */
export async function alpacaDesk(of: SendParts, writer: string): Promise<Desk> {
  const baseUrl = feedAddress(of.env, "ALPACA_TRADING_URL", "https://paper-api.alpaca.markets");
  return deskAt(of, { broker: openAlpaca({ env: of.env, baseUrl }), account: "alpaca-paper", writer });
}

async function deskAt(of: SendParts, at: Pick<Desk, "broker" | "account" | "writer">): Promise<Desk> {
  return { store: await of.store(), clock: of.clock, random: of.random, ...at };
}

/** This market lives as long as the call: what an earlier call of the same run sent is in the record, and is taken up again. */
async function remember(desk: Desk, market: PaperMarket): Promise<void> {
  const accepted = (await readOrders(desk)).flatMap(({ order, progress }) =>
    progress.state === "accepted" ? [{ order, place: Number(progress.brokerOrderId.replace("paper-", "")) }] : [],
  );
  for (const { order } of accepted.sort((a, b) => a.place - b.place)) {
    const { clientOrderId: id, symbol, side, quantity, timeInForce } = order;
    market.create({
      client_order_id: id,
      symbol,
      side,
      qty: String(quantity),
      type: "market",
      time_in_force: timeInForce,
    });
  }
}

async function sendThrough(desk: Desk, request: SendRequest, fill: () => void): Promise<Sent> {
  const { broker, account, store } = desk;
  const opening = await broker.holdings();
  // An account that is open keeps its capital; the start holds it against the broker.
  const opened = await store.get(journalNamespace(account), "opening");
  if (opened === null) await openAccount(desk, opening.cashMicroUsd, request.run);
  const before = await startDesk(desk);
  const equityMicroUsd = equityOf(opening, request);
  const orders: Sent["orders"] = [];
  for (const [place, wanted] of request.orders.entries()) {
    const order = orderOf(request.run, wanted);
    const door = async (): Promise<readonly string[]> => {
      const facts = factsOf(await broker.holdings(), request, wanted, { place, equityMicroUsd });
      return checkAtDoor(order, facts, doorOf(request, equityMicroUsd));
    };
    orders.push(rowOf(order, await placeOrder(desk, order, door)));
  }
  fill();
  const { executions, ...after } = await startDesk(desk);
  return { kind: request.broker, account, run: request.run, orders, executions, differences: saidBy([before, after]) };
}

function orderOf(runId: string, { decisionId, symbol, side, quantity }: OrderToSend): OrderRequest {
  const id = clientOrderId({ runId, decisionId, symbol, side, leg: 0 });
  return { clientOrderId: id, symbol, side, quantity, limitMicroUsd: null, timeInForce: "day" };
}

function rowOf({ clientOrderId, symbol, side, quantity }: OrderRequest, placed: Placed): Sent["orders"][number] {
  const order = { clientOrderId, symbol, side, quantity };
  if (placed.outcome === "held") return { ...order, state: "held", reasons: [...placed.reasons] };
  const { progress } = placed.record;
  return { ...order, state: progress.state, reasons: "reason" in progress ? [progress.reason] : [] };
}

/** The limits once more at the door, of what the broker says is there. An open may lie a collar above the close that sized. */
function doorOf({ limits }: SendRequest, equityMicroUsd: MicroUsd): DoorLimits {
  const share = (ppm: number): MicroUsd => Math.floor((equityMicroUsd / 1_000_000) * ppm);
  const withCollar = (ppm: number): MicroUsd => share(Math.floor(ppm * (1 + collarPpm / 1_000_000)));
  return {
    orderNotionalMicroUsd: withCollar(limits.perSymbolPpm),
    positionUnits,
    grossMicroUsd: withCollar(limits.grossPpm),
    dailyLossMicroUsd: share(limits.dailyLossPpm),
    ordersPerMinute,
    collarPpm,
    quoteAgeMs: 0,
  };
}

/** Quotes are those of the replay: fresh by definition, and its market is open. */
function factsOf(
  holdings: Holdings,
  request: SendRequest,
  { symbol, quoteMicroUsd }: OrderToSend,
  { place, equityMicroUsd }: { readonly place: number; readonly equityMicroUsd: MicroUsd },
): DoorFacts {
  const others = valuesOf(holdings, request).filter(([name]) => name !== symbol);
  return {
    quoteMicroUsd,
    quoteAgeMs: 0,
    isMarketOpen: true,
    positionUnits: holdings.quantities.get(symbol) ?? 0,
    otherGrossMicroUsd: others.reduce((sum, [, value]) => sum + Math.abs(value), 0),
    lossMicroUsd: equityMicroUsd - equityOf(holdings, request),
    ordersLastMinute: place,
  };
}

/** Positions without a quote of this run do not move in it. */
function valuesOf({ quantities }: Holdings, { orders }: SendRequest): readonly (readonly [string, MicroUsd])[] {
  return [...quantities].map(([name, units]) => {
    return [name, units * (orders.find(({ symbol }) => symbol === name)?.quoteMicroUsd ?? 0)] as const;
  });
}

function equityOf(holdings: Holdings, request: SendRequest): MicroUsd {
  return valuesOf(holdings, request).reduce((sum, [, value]) => sum + value, holdings.cashMicroUsd);
}

function saidBy(reports: readonly Pick<DeskReport, "books" | "differences">[]): string[] {
  const said = reports.flatMap(({ books, differences }) => [
    ...books.differences.map((one) => JSON.stringify(one)),
    ...differences,
  ]);
  return [...new Set(said)];
}
