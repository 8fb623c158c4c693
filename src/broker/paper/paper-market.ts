// The paper broker's own state: orders, executions, cash. Orders fill in parts as it is told to step, at the quoted price.
import { invariant } from "../../contracts/invariant.ts";
import type { MicroUsd } from "../../contracts/money.ts";
import { decimalFromMicro, microFromDecimal, wholeFromDecimal } from "../decimals.ts";

export interface PaperOptions {
  readonly cashMicroUsd: MicroUsd;
  /** Micro-dollars per unit; other symbols are not known. */
  readonly quotes: Readonly<Record<string, MicroUsd>>;
  /** Executions that an order of several units is filled in. Default 3. */
  readonly parts?: number;
}

export interface PaperOrder {
  readonly id: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly limit: MicroUsd | null;
  readonly timeInForce: string;
  filled: number;
  status: "new" | "partially_filled" | "filled" | "canceled";
}

export interface PaperExecution {
  readonly id: string;
  readonly order: PaperOrder;
  readonly quantity: number;
  readonly price: MicroUsd;
  readonly cumulative: number;
}

export type Refusal = { readonly status: number; readonly code: number; readonly message: string };

export interface PaperMarket {
  create(body: Readonly<Record<string, unknown>>): PaperOrder | Refusal;
  find(clientOrderId: string): PaperOrder | null;
  readonly orders: readonly PaperOrder[];
  readonly executions: readonly PaperExecution[];
  /** One part of every open order that its limit lets fill. */
  step(): void;
  cancelAll(): readonly PaperOrder[];
  cash(): MicroUsd;
  positions(): ReadonlyMap<string, number>;
}

const maxOrders = 100_000;

export function openPaperMarket({ cashMicroUsd, quotes, parts = 3 }: PaperOptions): PaperMarket {
  const byClientId = new Map<string, PaperOrder>();
  const orders: PaperOrder[] = [];
  const executions: PaperExecution[] = [];
  const positions = new Map<string, number>();
  let cash = cashMicroUsd;
  const isOpen = ({ status }: PaperOrder): boolean => status === "new" || status === "partially_filled";
  const fill = (order: PaperOrder): void => {
    const price = quotes[order.symbol];
    invariant(price !== undefined, "an order was taken for a quoted symbol");
    if (order.limit !== null && (order.side === "buy" ? price > order.limit : price < order.limit)) return;
    const quantity = Math.min(Math.ceil(order.quantity / parts), order.quantity - order.filled);
    const signed = order.side === "buy" ? quantity : -quantity;
    order.filled += quantity;
    order.status = order.filled === order.quantity ? "filled" : "partially_filled";
    positions.set(order.symbol, (positions.get(order.symbol) ?? 0) + signed);
    cash -= signed * price;
    const id = `${String(executions.length + 1).padStart(17, "0")}::${order.id}`;
    executions.push({ id, order, quantity, price, cumulative: order.filled });
  };
  return {
    orders,
    executions,
    create(body) {
      const wanted = readWanted(body, quotes);
      if ("status" in wanted) return wanted;
      if (byClientId.has(wanted.clientOrderId)) return refuse(422, 40_010_001, "client_order_id must be unique");
      if (orders.length === maxOrders) return refuse(403, 40_310_000, `this paper account holds ${maxOrders} orders`);
      const owed = orders.filter(isOpen).reduce((sum, one) => sum + costOf(one, quotes), costOf(wanted, quotes));
      if (wanted.side === "buy" && owed > cash) return refuse(403, 40_310_000, "insufficient buying power");
      const order: PaperOrder = { ...wanted, id: `paper-${orders.length + 1}`, filled: 0, status: "new" };
      byClientId.set(order.clientOrderId, order);
      orders.push(order);
      return order;
    },
    find: (clientOrderId) => byClientId.get(clientOrderId) ?? null,
    step: () => orders.filter(isOpen).forEach(fill),
    cancelAll() {
      const open = orders.filter(isOpen);
      for (const order of open) order.status = "canceled";
      return open;
    },
    cash: () => cash,
    positions: () => positions,
  };
}

type Wanted = Omit<PaperOrder, "id" | "filled" | "status">;

function readWanted(body: Readonly<Record<string, unknown>>, quotes: PaperOptions["quotes"]): Wanted | Refusal {
  const { symbol, side, type, qty, limit_price: limitText, time_in_force: timeInForce } = body;
  const { client_order_id: clientOrderId } = body;
  if (typeof symbol !== "string" || !Object.hasOwn(quotes, symbol))
    return refuse(422, 42_210_000, `asset "${String(symbol)}" not found`);
  if (side !== "buy" && side !== "sell") return refuse(422, 40_010_001, "side must be buy or sell");
  const quantity = typeof qty === "string" ? wholeFromDecimal(qty) : null;
  if (quantity === null || quantity < 1) return refuse(422, 40_010_001, "qty must be a whole number above 0");
  if (type !== "market" && type !== "limit") return refuse(422, 40_010_001, `type ${String(type)} is not supported`);
  const limit = typeof limitText === "string" ? microFromDecimal(limitText) : null;
  if ((type === "limit") !== (limit !== null)) return refuse(422, 40_010_001, "limit orders require a limit price");
  if (timeInForce !== "day" && timeInForce !== "gtc") return refuse(422, 40_010_001, "invalid time_in_force");
  if (typeof clientOrderId !== "string" || clientOrderId.length < 1 || clientOrderId.length > 128)
    return refuse(422, 40_010_001, "client_order_id must be at most 128 characters");
  return { clientOrderId, symbol, side, quantity, limit, timeInForce };
}

/** What an order may still take from cash. */
function costOf(
  { side, symbol, quantity, limit, ...rest }: Wanted & { filled?: number },
  quotes: PaperOptions["quotes"],
) {
  return side === "sell" ? 0 : (quantity - (rest.filled ?? 0)) * (limit ?? quotes[symbol] ?? 0);
}

function refuse(status: number, code: number, message: string): Refusal {
  return { status, code, message };
}

/** The order as Alpaca writes it. */
export function orderJson(order: PaperOrder): object {
  const { id, clientOrderId, symbol, side, quantity, limit, timeInForce, filled, status } = order;
  const type = limit === null ? "market" : "limit";
  return {
    id,
    client_order_id: clientOrderId,
    asset_class: "us_equity",
    symbol,
    notional: null,
    qty: String(quantity),
    filled_qty: String(filled),
    order_class: "simple",
    order_type: type,
    type,
    side,
    time_in_force: timeInForce,
    limit_price: limit === null ? null : decimalFromMicro(limit),
    stop_price: null,
    status,
    extended_hours: false,
    legs: null,
  };
}

/** The execution as Alpaca's account activities write it. */
export function activityJson({ id, order, quantity, price, cumulative }: PaperExecution): object {
  return {
    id,
    activity_type: "FILL",
    type: cumulative === order.quantity ? "fill" : "partial_fill",
    symbol: order.symbol,
    side: order.side,
    qty: String(quantity),
    price: decimalFromMicro(price),
    cum_qty: String(cumulative),
    leaves_qty: String(order.quantity - cumulative),
    order_id: order.id,
  };
}
