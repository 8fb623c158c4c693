// The one list of strategies, and how a name and loose parameters become a strategy and checked ones.
import { SwarmError } from "../contracts/swarm-error.ts";
import { bollRevert, bollRevertLong } from "./rules/boll-revert.ts";
import { buyHold } from "./rules/buy-hold.ts";
import { macdCross } from "./rules/macd-cross.ts";
import { momentum12Less1 } from "./rules/momentum-12-1.ts";
import { rocFollow } from "./rules/roc-follow.ts";
import { rsiRevert, rsiRevertLong } from "./rules/rsi-revert.ts";
import {
  smaCrossBracket,
  smaCrossCloseOpen,
  smaCrossLimit,
  smaCrossLong,
  smaCrossReverse,
  smaCrossStop,
} from "./rules/sma-cross.ts";
import { zRevert } from "./rules/z-revert.ts";
import { multiEqualWeightMonthly, multiSmaLong } from "./rules/multi.ts";
import { pairsZ } from "./rules/pairs-book.ts";
import type { BookStrategy } from "./book-strategy.ts";
import type { Strategy } from "./strategy.ts";

export const strategies: readonly Strategy[] = [
  smaCrossReverse,
  smaCrossLong,
  smaCrossCloseOpen,
  smaCrossBracket,
  smaCrossLimit,
  smaCrossStop,
  rsiRevertLong,
  rsiRevert,
  bollRevert,
  bollRevertLong,
  momentum12Less1,
  rocFollow,
  macdCross,
  zRevert,
  buyHold,
];

/** Strategies over several symbols in one account. */
export const bookStrategies: readonly BookStrategy[] = [pairsZ, multiSmaLong, multiEqualWeightMonthly];

/** The strategy over several symbols with this id; undefined when it is another kind, or none. */
export function findBookStrategy(name: string): BookStrategy | undefined {
  return bookStrategies.find((one) => one.id === name);
}

/** The strategy with this id or alias. Throws `strategy.unknown`. */
export function findStrategy(name: string): Strategy {
  const found = strategies.find((one) => one.id === name || one.aliases.includes(name));
  if (found !== undefined) return found;
  const known = [...strategies, ...bookStrategies].map((one) => one.id).join(", ");
  throw new SwarmError("strategy.unknown", `No strategy is named ${name}: there are ${known}`, {
    hint: "Use one of these names",
    details: { strategy: name },
  });
}
