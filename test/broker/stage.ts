// A paper broker on loopback with a desk before it: the record is in memory, waits are short, nothing else is different.
import { onTestFinished } from "vitest";
import { openAlpaca } from "../../src/broker/alpaca/open-alpaca.ts";
import type { OrderRequest } from "../../src/broker/broker.ts";
import { clientOrderId } from "../../src/broker/client-order-id.ts";
import type { Desk } from "../../src/broker/desk/order-record.ts";
import { servePaper } from "../../src/broker/paper/serve-paper.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { systemRandom as random } from "../../src/host/random.ts";
import { openMemoryStore } from "../../src/memory/memory-store.ts";
import { openAccount } from "../../src/portfolio/account/account.ts";

export const cashMicroUsd = 100_000_000_000;
export const keys = { ALPACA_API_KEY: "paper-key", ALPACA_API_SECRET: "paper-secret" };

/** A short wait is for what shall never answer: on a busy machine an honest first answer may take a second. */
export async function stage(timeoutMs = 30_000) {
  const quotes = { AAPL: 187_200_000, MSFT: 400_000_000 };
  const paper = await servePaper({ keyId: "paper-key", secret: "paper-secret", cashMicroUsd, quotes });
  onTestFinished(() => paper.close());
  const broker = openAlpaca({ env: keys, baseUrl: paper.url, timeoutMs });
  const store = openMemoryStore({ clock });
  const desk: Desk = { store, clock, random, broker, account: "one", writer: "test", lookUpsMs: [1, 5, 10] };
  await openAccount(desk, cashMicroUsd, "test");
  return { paper, broker, desk };
}

export function order(decisionId: string, change: Partial<OrderRequest> = {}): OrderRequest {
  const plain = { symbol: "AAPL", side: "buy", quantity: 10, limitMicroUsd: null, timeInForce: "day" } as const;
  const wanted = { ...plain, ...change };
  const origin = { runId: "run", decisionId, symbol: wanted.symbol, side: wanted.side, leg: 0 };
  return { clientOrderId: clientOrderId(origin), ...wanted };
}
