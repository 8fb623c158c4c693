// The name of an order follows from the decision it carries out, so that whoever asks again asks for the same order.
import { createHash } from "node:crypto";
import { canonicalJson } from "../contracts/json.ts";

export interface OrderOrigin {
  readonly runId: string;
  readonly decisionId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  /** 0 for an order of one leg. */
  readonly leg: number;
}

/** First 48 hex characters of sha256 over the canonical JSON of run, decision, symbol, side and leg. */
export function clientOrderId({ runId, decisionId, symbol, side, leg }: OrderOrigin): string {
  const name = canonicalJson([runId, decisionId, symbol, side, leg]);
  return createHash("sha256").update(name).digest("hex").slice(0, 48);
}
