// The sentence under every result: range, costs, how orders filled, what was left out. Never a claim.
import type { Tape } from "../contracts/candles.ts";
import type { EngineConfig } from "./engine-config.ts";
import type { Replay } from "./replay-strategy.ts";

const basisPoints = 10_000;

export function noteOf(
  { passport, candles }: Tape,
  { simulation, firstIndicatorBar }: Replay,
  config: EngineConfig,
): string {
  const trades = simulation.trades.size.length;
  const parts = [
    `In this replay, ${passport.first} to ${passport.last}, after ${round(config.commission.relative * basisPoints)} basis points per side`,
    `${fillsOf(config, passport.closeOnly)}, price and fee kept apart`,
    `${trades} closed and ${simulation.open.length} open trades`,
    leftOut(config),
  ];
  if (config.mode === "product") parts.push("product mode");
  if (passport.synthetic) parts.push(passport.source);
  if (passport.symbol.startsWith("^")) parts.push("an index: not tradable, without dividends");
  if (firstIndicatorBar + 1 >= candles.close.length)
    parts.push("too few bars for the indicators: no decision was taken");
  return `${parts.join("; ")}. A replay of the past is no forecast.`;
}

function fillsOf({ tradeOnClose }: EngineConfig, closeOnly: boolean): string {
  if (tradeOnClose) return "orders fill at the close that decided them, which nobody can trade";
  return closeOnly ? "close-only series: orders fill at the next close" : "orders fill at the next open";
}

function leftOut({ mode, slippage, borrowPct, interestPct }: EngineConfig): string {
  const missing = [
    ...(mode === "product" && interestPct > 0 ? [] : ["interest"]),
    ...(mode === "product" && borrowPct > 0 ? [] : ["borrow cost"]),
    ...(mode === "product" && slippage.kind !== "none" ? [] : ["slippage"]),
  ];
  if (missing.length === 0) return "interest, borrow cost and slippage are in";
  const last = missing.pop() ?? "";
  return `no ${missing.length === 0 ? last : `${missing.join(", ")} or ${last}`}`;
}

function round(value: number): number {
  return Number(value.toPrecision(10));
}
