// Parts of a backtest: the tapes this program was shown, and what a strategy decides on them. A part is refused unless its
// tapes end where it ends.
import type { Candles } from "../../contracts/candles.ts";
import { maxPartTapes, maxTapeBars } from "../../contracts/frame-limits.ts";
import type { Bars, DecidedPart, Part, StrategyCode } from "../../contracts/part-frames.ts";
import { partInputsText, tapeText } from "../../contracts/part-inputs.ts";
import { checkParams } from "../../strategies/check-params.ts";
import { decideBookPart, decidePart } from "../../strategies/decide-part.ts";
import { findBookStrategy, findStrategy } from "../../strategies/find-strategy.ts";
import type { Strategy } from "../../strategies/strategy.ts";
import { evaluateStrategy } from "../../strategies/user/evaluate-strategy.ts";
import { userStrategyName } from "../../strategies/user/user-strategy.ts";
import { sha256 } from "./identity.ts";

export interface Parts {
  /** What is wrong with the bars; null when they were taken. */
  show(bars: Bars): string | null;
  /** What is wrong with the strategy; null when it was taken. It is read when a part names it. */
  teach(strategy: StrategyCode): string | null;
  /** Throws when the strategy or the tapes do not fit the part. */
  decide(agentId: string, part: Part): DecidedPart;
}

interface Shown {
  readonly candles: Candles;
  readonly digest: string;
}

const maxTaught = 10;

export function openParts(): Parts {
  const tapes = new Map<number, Shown>();
  const taught = new Map<string, string>();
  const evaluated = new Map<string, Strategy>();
  const strategyOf = (name: string): Strategy => {
    const code = taught.get(name);
    if (code === undefined) return findStrategy(name);
    const known = evaluated.get(name) ?? evaluateStrategy(code, name);
    evaluated.set(name, known);
    return known;
  };
  return {
    show(bars) {
      const before = bars.from === 0 ? undefined : tapes.get(bars.tape);
      const length = before?.candles.t.length ?? 0;
      if (bars.from !== length) return `Bars begin at ${bars.from}, the tape ends at ${length}`;
      if (length + bars.t.length > maxTapeBars) return `A tape has at most ${maxTapeBars} bars`;
      if (bars.tape >= maxPartTapes) return `There are at most ${maxPartTapes} tapes`;
      const digest = sha256(tapeText(before?.digest ?? "", bars));
      tapes.set(bars.tape, { candles: joined(before?.candles, bars), digest });
      return null;
    },
    teach({ name, code }) {
      if (name !== userStrategyName(sha256(code))) return "The strategy is not what its name says";
      if (taught.size >= maxTaught && !taught.has(name)) return `At most ${maxTaught} strategies are taught`;
      taught.set(name, code);
      return null;
    },
    decide(agentId, part) {
      const { taskId, strategy: name, from, to } = part;
      const shown = Array.from({ length: part.tapes }, (_, tape) => tapes.get(tape));
      const known = shown.flatMap((one) => (one?.candles.t.length === to ? [one] : []));
      const [first] = known;
      if (first === undefined || known.length !== part.tapes) throw new Error(`The tapes do not end at bar ${to}`);
      const inputsSha256 = sha256(
        partInputsText(
          part,
          known.map(({ digest }) => digest),
        ),
      );
      const origin = { agentId, taskId, strategy: name, from, to, inputsSha256 };
      const book = findBookStrategy(name);
      if (book === undefined && part.holding !== undefined) throw new Error(`${name} decides without a holding`);
      if (book !== undefined) {
        if (part.holding === undefined) throw new Error(`${name} decides by what is held, and no holding was told`);
        const series = known.map(({ candles }) => candles);
        const ordered = decideBookPart(book, series, checkParams(book, part.params), part, part.holding);
        return { ...origin, firstIndicatorBar: 0, decided: [], ordered };
      }
      const strategy = strategyOf(name);
      return {
        ...origin,
        ...decidePart(strategy, first.candles, checkParams(strategy, part.params), part),
        ordered: null,
      };
    },
  };
}

function joined(before: Candles | undefined, { t, open, high, low, close, volume }: Bars): Candles {
  const column = (known: Float64Array | undefined, more: readonly number[]): Float64Array => {
    const length = known?.length ?? 0;
    const whole = new Float64Array(length + more.length);
    if (known !== undefined) whole.set(known);
    whole.set(more, length);
    return whole;
  };
  return {
    t: column(before?.t, t),
    open: column(before?.open, open),
    high: column(before?.high, high),
    low: column(before?.low, low),
    close: column(before?.close, close),
    volume: column(before?.volume, volume),
  };
}
