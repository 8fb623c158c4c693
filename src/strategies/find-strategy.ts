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

/** The strategy with this id or alias. Throws `strategy.unknown`. */
export function findStrategy(name: string): Strategy {
  const found = strategies.find((one) => one.id === name || one.aliases.includes(name));
  if (found !== undefined) return found;
  const known = strategies.map((one) => one.id).join(", ");
  throw new SwarmError("strategy.unknown", `No strategy is named ${name}: there are ${known}`, {
    hint: "Use one of these names",
    details: { strategy: name },
  });
}
