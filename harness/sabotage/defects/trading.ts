// Defects of strategies, agents, votes, backtests and the book.
import { defect, edit, type Defect } from "../defect.ts";

const agent = "programs/agent.mjs";
const decide = "src/consensus/decide.js";
const admit = "src/consensus/admit-ballots.js";
const book = "src/portfolio/book-fill.js";
const account = "src/backtest/account.js";

const agentDefects: readonly Defect[] = [
  defect(
    "agent-forgets-skip",
    "The agent in the sandbox counts the last month that its strategy leaves out",
    ["trading.momentum"],
    edit(
      agent,
      "at(close, bar - skip) / at(close, bar - lookback) - 1;",
      "at(close, bar) / at(close, bar - lookback) - 1;",
    ),
  ),
  defect(
    "agent-constant-signal",
    "An agent always buys",
    ["trading.momentum"],
    edit(
      agent,
      "const { vote, conviction, strategy, figures } = opinion;",
      'const { conviction, strategy, figures } = opinion; const vote = "buy";',
    ),
  ),
  defect(
    "agent-constant-figures",
    "An agent gives the same figures whatever it was shown",
    ["trading.momentum"],
    edit(
      agent,
      "const { vote, conviction, strategy, figures } = opinion;",
      "const { vote, conviction, strategy } = opinion; const figures = Object.fromEntries(Object.keys(opinion.figures).map((name) => [name, 0.1]));",
    ),
  ),
  defect(
    "agent-inputs-not-named",
    "An agent names the same inputs whatever it was shown",
    ["trading.momentum"],
    edit(agent, "const inputsSha256 = sha256(taskInputsText(task));", 'const inputsSha256 = sha256("inputs");'),
  ),
  defect(
    "agent-without-nonce",
    "An agent answers the greeting without its nonce",
    ["trading.momentum"],
    edit(agent, "const nonceEcho = sha256(`${nonce}:${sandboxId}`);", "const nonceEcho = sha256(sandboxId);"),
  ),
  defect(
    "agent-signs-something-else",
    "An agent's signature is not of its proposal",
    ["trading.momentum"],
    edit(
      agent,
      "const signature = identity.sign(canonicalJson(proposal));",
      "const signature = identity.sign(canonicalJson({}));",
    ),
  ),
  defect(
    "window-of-the-next-day",
    "An agent is shown the bar after its decision",
    ["trading.momentum"],
    edit(
      "src/backend/market-view.js",
      "window: windowOf(tape, bar, Math.min(windowBars, bar + 1))",
      "window: windowOf(tape, bar + 1, Math.min(windowBars, bar + 1))",
    ),
  ),
];

const backtestDefects: readonly Defect[] = [
  defect(
    "strategy-peeks-ahead",
    "A strategy compares with the close of the next bar",
    ["trading.backtest"],
    edit("src/strategies/rules/boll-revert.js", "const price = at(close, bar);", "const price = at(close, bar + 1);"),
  ),
  defect(
    "unreferenced-strategy-peeks-ahead",
    "A strategy without a reference result looks at the change of the next bar",
    ["trading.backtest"],
    edit("src/strategies/rules/roc-follow.js", "const value = at(change, bar);", "const value = at(change, bar + 1);"),
  ),
  defect(
    "look-ahead-check-blind",
    "The look-ahead check finds nothing, ever",
    ["trading.backtest"],
    edit("src/backtest/check-look-ahead.js", "const cuts = cutsOf(full.signals);", "const cuts = [];"),
  ),
  defect(
    "same-bar-fill",
    "Orders fill at the close they were decided on",
    ["trading.backtest"],
    edit(
      "src/backtest/fill-price.js",
      "? at(candles.close, bar - 1) : at(candles.open, bar);",
      "? at(candles.close, bar - 1) : at(candles.close, bar - 1);",
    ),
    edit(
      "src/backtest/replay-plain.js",
      "fill(account, waiting, at(open, bar), mark, bar)",
      "fill(account, waiting, at(close, bar - 1), mark, bar)",
    ),
  ),
  defect(
    "one-sided-commission",
    "Leaving a trade costs nothing",
    ["trading.backtest"],
    edit(account, "const exitFee = feeOf(account, units, price);", "const exitFee = 0;"),
  ),
  defect(
    "free-trading",
    "Trades cost nothing",
    ["trading.backtest"],
    edit(account, "const costRate = config.commission.relative + halfSpread;", "const costRate = 0;"),
  ),
  defect(
    "losses-forgotten",
    "A losing trade is not charged",
    ["trading.backtest"],
    edit(account, "account.cash += gross - exitFee;", "account.cash += Math.max(0, gross) - exitFee;"),
  ),
];

const voteDefects: readonly Defect[] = [
  defect(
    "tie-trades",
    "A tie of the votes counts as agreement",
    ["trading.consensus"],
    edit(
      decide,
      'return tally.buy + tally.sell > 0n ? "tie" : "deadband";',
      'return tally.buy + tally.sell > 0n ? "agreed" : "deadband";',
    ),
  ),
  defect(
    "vote-ignored",
    "The vote of one member is left out",
    ["trading.consensus"],
    edit(
      admit,
      "return agree ? [{ member, ballot: first }] : [];",
      "return agree && member !== members[0] ? [{ member, ballot: first }] : [];",
    ),
  ),
  defect(
    "duplicate-counts-again",
    "A repeated ballot weighs more",
    ["trading.consensus"],
    edit(
      admit,
      "return agree ? [{ member, ballot: first }] : [];",
      "return agree ? own.map((ballot) => ({ member, ballot })) : [];",
    ),
  ),
  defect(
    "contradiction-counts",
    "Of two contradicting ballots the first counts",
    ["trading.consensus"],
    edit(admit, "const agree = own.every((ballot) => saying(ballot) === saying(first));", "const agree = true;"),
  ),
  defect(
    "unsigned-vote-counts",
    "A vote counts whoever signed it",
    ["trading.consensus"],
    edit(admit, "if (!verify(ballot, member.publicKey))", "if (false)"),
  ),
  defect(
    "late-vote-counts",
    "A vote counts however late it came",
    ["trading.consensus"],
    edit(admit, 'return late ? "late" : undefined;', "return undefined;"),
  ),
  defect(
    "stale-vote-counts",
    "A vote of another round counts",
    ["trading.consensus"],
    edit(admit, "if (ballot.round !== round)", "if (false)"),
  ),
  defect(
    "quorum-ignored",
    "A decision needs no quorum",
    ["trading.consensus"],
    edit(
      decide,
      "if (tally.voted === 0n || !reaches(tally.voted, tally.assigned, rule.quorum))",
      "if (tally.voted === 0n)",
    ),
  ),
  defect(
    "weights-ignored",
    "Every vote weighs the same",
    ["trading.consensus"],
    edit(decide, "const weightOf = ({ agentId }) => weights.get(agentId) ?? 0n;", "const weightOf = () => 1000000n;"),
  ),
  defect(
    "threshold-strict",
    "Exactly two thirds are not enough",
    ["trading.consensus"],
    edit(
      "src/consensus/fraction.js",
      "return part * BigInt(share.den) >= BigInt(share.num) * whole;",
      "return part * BigInt(share.den) > BigInt(share.num) * whole;",
    ),
  ),
];

const bookDefects: readonly Defect[] = [
  defect(
    "fill-dropped",
    "A fill is acknowledged and not booked",
    ["trading.portfolio"],
    edit(
      book,
      "const held = positionOf(ledger, fill.symbol);",
      'if (fill.quantity === 3) return "booked"; const held = positionOf(ledger, fill.symbol);',
    ),
  ),
  defect(
    "fill-booked-twice",
    "A replayed fill is booked again",
    ["trading.portfolio"],
    edit(book, "if (before !== undefined) {", "if (false) {"),
  ),
  defect(
    "reused-id-accepted",
    "Another fill under a known id is taken for the same",
    ["trading.portfolio"],
    edit(book, "if (isSameFill(before, fill))", "if (true)"),
  ),
  defect(
    "fees-not-booked",
    "Fees leave no cash",
    ["trading.portfolio"],
    edit(book, "amountMicroUsd: 0 - gross - fill.feeMicroUsd },", "amountMicroUsd: 0 - gross },"),
    edit(book, '{ account: "fees", amountMicroUsd: fill.feeMicroUsd },', '{ account: "fees", amountMicroUsd: 0 },'),
  ),
  defect(
    "snapshot-unchecked",
    "A ledger is restored whatever its snapshot says",
    ["trading.portfolio"],
    edit(
      "src/portfolio/snapshot.js",
      "if (cash === snapshot.cashMicroUsd && fees === snapshot.feesMicroUsd)",
      "if (true)",
    ),
  ),
  defect(
    "lost-write",
    "A write is acknowledged and rolled back",
    ["trading.portfolio", "production.stress"],
    edit("src/memory/sqlite/group-commit.js", 'driver.exec("COMMIT");', 'driver.exec("ROLLBACK");'),
  ),
];

export const tradingDefects: readonly Defect[] = [...agentDefects, ...backtestDefects, ...voteDefects, ...bookDefects];
