// One fill into the ledger: the part that closes realises profit against average cost, the rest opens at its price.
import { SwarmError } from "../contracts/swarm-error.ts";
import { positionOf, post, type Fill, type Ledger, type Position } from "./ledger.ts";

/**
 * Books a fill. `duplicate` when this very fill was booked before; nothing changes then. Throws `usage.invalid` for a
 * malformed fill or an id reused with other content.
 */
export function bookFill(ledger: Ledger, fill: Fill): "booked" | "duplicate" {
  checkFill(fill);
  const before = ledger.fills.get(fill.fillId);
  if (before !== undefined) {
    if (isSameFill(before, fill)) return "duplicate";
    throw reusedId(fill);
  }
  const held = positionOf(ledger, fill.symbol);
  const signed = fill.side === "buy" ? fill.quantity : -fill.quantity;
  const closes = Math.sign(held.quantity) === -Math.sign(signed) ? leastOf(held.quantity, signed) : 0;
  const basis = costOf(held, closes);
  const gross = signed * fill.priceMicroUsd;
  const costChange = (signed + closes) * fill.priceMicroUsd - basis;
  post(ledger, {
    id: fill.fillId,
    lines: [
      { account: `position:${fill.symbol}`, amountMicroUsd: costChange },
      { account: "cash", amountMicroUsd: 0 - gross - fill.feeMicroUsd },
      { account: "fees", amountMicroUsd: fill.feeMicroUsd },
      { account: "realised", amountMicroUsd: gross - costChange },
    ],
  });
  const quantity = held.quantity + signed;
  ledger.positions.set(fill.symbol, { quantity, costMicroUsd: held.costMicroUsd + costChange });
  ledger.fills.set(fill.fillId, { ...fill });
  return "booked";
}

/** Units of the holding that the fill closes, signed like the holding. */
function leastOf(held: number, signed: number): number {
  return Math.sign(held) * Math.min(Math.abs(held), Math.abs(signed));
}

/** Average cost of `units` of a position, rounded toward zero; all of it when all units go. */
function costOf({ quantity, costMicroUsd }: Position, units: number): number {
  if (units === 0) return 0;
  if (units === quantity) return costMicroUsd;
  return Number((BigInt(costMicroUsd) * BigInt(units)) / BigInt(quantity));
}

export function reusedId(fill: Fill): SwarmError {
  return refuse(fill, "its id was used for another fill", "Give every fill its own id");
}

export function isSameFill(a: Fill, b: Fill): boolean {
  return (
    a.symbol === b.symbol &&
    a.side === b.side &&
    a.quantity === b.quantity &&
    a.priceMicroUsd === b.priceMicroUsd &&
    a.feeMicroUsd === b.feeMicroUsd
  );
}

/** Throws `usage.invalid` unless quantity, price, fee and their product are whole numbers that a ledger can hold. */
export function checkFill(fill: Fill): void {
  const whole = Number.isSafeInteger(fill.quantity) && fill.quantity > 0;
  if (!whole) throw refuse(fill, `its quantity is ${fill.quantity}`, "Fill whole units, at least one");
  const priced = Number.isSafeInteger(fill.priceMicroUsd) && fill.priceMicroUsd > 0;
  const charged = Number.isSafeInteger(fill.feeMicroUsd) && fill.feeMicroUsd >= 0;
  if (!priced || !charged || !Number.isSafeInteger(fill.quantity * fill.priceMicroUsd)) {
    throw refuse(fill, "price, fee or their product is no whole number of micro-dollars", "Round before booking");
  }
}

function refuse(fill: Fill, problem: string, hint: string): SwarmError {
  const message = `Cannot book the fill ${fill.fillId} of ${fill.symbol}: ${problem}`;
  return new SwarmError("usage.invalid", message, { hint, details: { fillId: fill.fillId, symbol: fill.symbol } });
}
