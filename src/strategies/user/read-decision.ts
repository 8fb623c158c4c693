// What a strategy file decided, checked: a signal, or an entry with terms that are finite numbers above zero.
import { isRecord } from "../../contracts/json.ts";
import type { Decision, Intent, Signal } from "../strategy.ts";

const signals = ["none", "buy", "sell", "close"] as const satisfies readonly Signal[];
const prices = ["limit", "stop", "stopLoss", "takeProfit", "trailPct"];
const others = ["side", "closeFirst", "day", "group"];

/** Null for what is no decision. */
export function readDecision(value: unknown): Decision | null {
  const signal = signals.find((one) => one === value);
  if (signal !== undefined) return signal;
  return isIntent(value) ? value : null;
}

function isIntent(value: unknown): value is Intent {
  if (!isRecord(value) || (value.side !== "buy" && value.side !== "sell")) return false;
  return Object.entries(value).every(([name, one]) => {
    if (prices.includes(name)) return typeof one === "number" && Number.isFinite(one) && one > 0;
    if (name === "group") return Number.isInteger(one);
    return others.includes(name) && (name === "side" || typeof one === "boolean");
  });
}
