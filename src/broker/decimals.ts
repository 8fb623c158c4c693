// Money on the wire is a decimal string, here whole micro-dollars. No float lies between.
import type { MicroUsd } from "../contracts/money.ts";

const unit = 1_000_000n;

/** `"187.2"` to 187200000. Null for what is no decimal, or not a whole number of micro-dollars. */
export function microFromDecimal(text: string): MicroUsd | null {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,12}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "0", fraction = ""] = match;
  if (/[1-9]/.test(fraction.slice(6))) return null;
  const micro = BigInt(whole) * unit + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  const signed = Number(sign === "-" ? -micro : micro);
  return Number.isSafeInteger(signed) ? signed + 0 : null;
}

/** 187200000 to `"187.2"`. */
export function decimalFromMicro(micro: MicroUsd): string {
  const text = String(Math.abs(micro)).padStart(7, "0");
  const fraction = text.slice(-6).replace(/0+$/, "");
  return `${micro < 0 ? "-" : ""}${text.slice(0, -6)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `"12"` to 12; null for anything but a whole number. */
export function wholeFromDecimal(text: string): number | null {
  const value = Number(text);
  return /^-?\d{1,15}(\.0+)?$/.test(text) && Number.isSafeInteger(value) ? value + 0 : null;
}

/** US stock ticks: cents from one dollar on, hundredths of a cent below. A buy's limit falls, a sale's rises. */
export function atTick(limit: MicroUsd, side: "buy" | "sell"): MicroUsd {
  const tick = limit >= 1_000_000 ? 10_000 : 100;
  return side === "buy" ? Math.floor(limit / tick) * tick : Math.ceil(limit / tick) * tick;
}
