// Alpaca's trading API behind the broker interface. Paper unless the environment and the call both say live. An order is
// posted once; everything else only reads and may be asked again by the caller.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Env } from "../../host/env.ts";
import { readKey } from "../../host/read-key.ts";
import type { Fill } from "../../portfolio/ledger.ts";
import type { Broker, OrderRequest, Submission } from "../broker.ts";
import { atTick, decimalFromMicro } from "../decimals.ts";
import { uncancelled } from "../uncancelled.ts";
import { ask, type Answer, type AskOptions } from "./ask.ts";
import {
  malformed,
  readCancellation,
  readCash,
  readExecution,
  readMessage,
  readOrder,
  readPosition,
} from "./read-answer.ts";

export interface AlpacaOptions {
  /** Keys: ALPACA_API_KEY and ALPACA_API_SECRET, or APCA_API_KEY_ID and APCA_API_SECRET_KEY. */
  readonly env: Env;
  /** Real money. Also needs ENABLE_LIVE_TRADING=true. Default false. */
  readonly live?: boolean;
  /** Default: Alpaca's paper or live host. A paper broker on loopback has its own. */
  readonly baseUrl?: string;
  /** Default 10,000. */
  readonly timeoutMs?: number;
}

const paperUrl = "https://paper-api.alpaca.markets";
const liveUrl = "https://api.alpaca.markets";
const pageSize = 100;
const maxPages = 10_000;

/** Errors: `auth.missing`, `usage.invalid` for two different keys, `broker.live` when live was not enabled. */
export function openAlpaca({ env, live = false, baseUrl, timeoutMs = 10_000 }: AlpacaOptions): Broker {
  if (live && env["ENABLE_LIVE_TRADING"] !== "true") throw notEnabled();
  const options: AskOptions = { ...readKeys(env), baseUrl: baseUrl ?? (live ? liveUrl : paperUrl), timeoutMs };
  const read = async (path: string): Promise<unknown> => readable(await ask(options, "GET", path));
  return {
    kind: live ? "live" : "paper",
    submit: async (order) => judge(await ask(options, "POST", "/v2/orders", wireOrder(order))),
    async find(clientOrderId) {
      const path = `/v2/orders:by_client_order_id?client_order_id=${encodeURIComponent(clientOrderId)}`;
      const answer = await ask(options, "GET", path);
      if (answer.kind === "answer" && answer.status === 404) return null;
      return readOrder(readable(answer)) ?? fail("an order");
    },
    executions: (after) => readExecutions(read, after),
    async holdings() {
      const positions = await read("/v2/positions");
      const cashMicroUsd = readCash(await read("/v2/account")) ?? fail("an account");
      if (!Array.isArray(positions)) throw malformed("a list of positions");
      const quantities = positions.map((one) => readPosition(one) ?? fail("a position"));
      return { cashMicroUsd, quantities: new Map(quantities.filter(([, quantity]) => quantity !== 0)) };
    },
    async cancelAll() {
      const list = readable(await ask(options, "DELETE", "/v2/orders"));
      if (!Array.isArray(list)) throw malformed("a list of cancellations");
      const answers = list.map((one) => readCancellation(one) ?? fail("a cancellation"));
      const left = answers.flatMap(({ id, status }) => (status >= 200 && status < 300 ? [] : [id]));
      if (left.length > 0) throw uncancelled(left, "the broker refused to cancel them");
    },
  };
}

function readKeys(env: Env): { readonly keyId: string; readonly secret: string } {
  return {
    keyId: readKey(env, "Alpaca", ["ALPACA_API_KEY", "APCA_API_KEY_ID"]),
    secret: readKey(env, "Alpaca", ["ALPACA_API_SECRET", "APCA_API_SECRET_KEY"]),
  };
}

function wireOrder({ clientOrderId, symbol, side, quantity, limitMicroUsd, timeInForce }: OrderRequest): object {
  const limit = limitMicroUsd === null ? {} : { limit_price: decimalFromMicro(atTick(limitMicroUsd, side)) };
  const type = limitMicroUsd === null ? "market" : "limit";
  return {
    symbol,
    qty: String(quantity),
    side,
    type,
    time_in_force: timeInForce,
    ...limit,
    client_order_id: clientOrderId,
  };
}

function judge(answer: Answer): Submission {
  if (answer.kind !== "answer") return { outcome: "ambiguous", reason: answer.reason };
  const { status, body } = answer;
  if (status >= 200 && status < 300) {
    const order = readOrder(body);
    return order === null
      ? { outcome: "ambiguous", reason: "its answer is no order as documented" }
      : { outcome: "accepted", order };
  }
  const reason = readMessage(body);
  if (status === 401 || status === 429) return { outcome: "refused", reason: `${status}: ${reason}` };
  if (status === 422 && /client_order_id must be unique/.test(reason)) return { outcome: "exists" };
  if (status === 400 || status === 403 || status === 404 || status === 422) return { outcome: "rejected", reason };
  return { outcome: "ambiguous", reason: `status ${status}` };
}

/** The body of a successful answer. */
function readable(answer: Answer): unknown {
  if (answer.kind === "answer" && answer.status >= 200 && answer.status < 300) return answer.body;
  if (answer.kind === "answer" && (answer.status === 401 || answer.status === 403)) {
    throw new SwarmError("auth.refused", `The broker refused the key: ${readMessage(answer.body)}`, {
      hint: "Check ALPACA_API_KEY and ALPACA_API_SECRET, and that they are of a paper account",
    });
  }
  if (answer.kind === "unreadable" && answer.status < 300) throw malformed("JSON");
  const problem = answer.kind === "answer" ? `status ${answer.status}` : answer.reason;
  throw new SwarmError("broker.unavailable", `The broker did not answer: ${problem}`, {
    hint: "Ask again later; no order was sent by this",
    details: { problem },
  });
}

async function readExecutions(
  read: (path: string) => Promise<unknown>,
  first: string | undefined,
): Promise<readonly Fill[]> {
  const fills: Fill[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const token = fills.at(-1)?.fillId ?? first;
    const after = token === undefined ? "" : `&page_token=${encodeURIComponent(token)}`;
    const list = await read(`/v2/account/activities/FILL?direction=asc&page_size=${pageSize}${after}`);
    if (!Array.isArray(list)) throw malformed("a list of activities");
    fills.push(...list.map((one) => readExecution(one) ?? fail("an execution")));
    if (list.length < pageSize) return fills;
  }
  throw malformed(`a list of at most ${maxPages} pages`);
}

function fail(what: string): never {
  throw malformed(what);
}

function notEnabled(): SwarmError {
  return new SwarmError("broker.live", "Cannot trade live: ENABLE_LIVE_TRADING is not true", {
    hint: "Leave live out to trade on paper, or set ENABLE_LIVE_TRADING=true if real money is meant",
  });
}
