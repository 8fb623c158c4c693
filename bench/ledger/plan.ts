// Which fills happen and who is told of them: both follow from the seed alone, so that a writer, the one who kills it and the
// statement that the books are held against never have to exchange them.
import { seededRandom } from "../../src/host/random.ts";
import type { Fill } from "../../src/portfolio/ledger.ts";

export interface Plan {
  readonly fills: number;
  readonly writers: number;
  readonly seed: number;
}

export const account = "torture";
export const capitalMicroUsd = 1_000_000_000_000;
const symbols = ["AAPL", "MSFT", "GOOG", "AMZN", "IBM", "BTC/USD"] as const;
/** Share of fills that a second writer is told of too. */
const toldTwice = 0.1;

/** The execution with this number, up to the plan's `fills`. */
export function fillAt({ seed }: Plan, index: number): Fill {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const below = (limit: number): number => Math.floor(random.next() * limit);
  return {
    fillId: `exec-${seed}-${index}`,
    symbol: symbols[below(symbols.length)] ?? symbols[0],
    side: random.next() < 0.5 ? "buy" : "sell",
    quantity: 1 + below(100),
    priceMicroUsd: 1 + below(500_000_000),
    feeMicroUsd: below(2_000_000),
  };
}

/** The broker's statement: every execution once. */
export function* statementOf(plan: Plan): Generator<Fill> {
  for (let index = 0; index < plan.fills; index += 1) yield fillAt(plan, index);
}

/** Numbers of the executions that a writer is told of, in the order it is told. */
export function deliveriesTo(plan: Plan, writer: number): readonly number[] {
  const told: number[] = [];
  for (let index = 0; index < plan.fills; index += 1) {
    const second = seededRandom(plan.seed * 31 + index).next() / toldTwice;
    const other = (index + 1 + Math.floor(second * (plan.writers - 1))) % plan.writers;
    if (index % plan.writers === writer || (second < 1 && other === writer)) told.push(index);
  }
  return told;
}
