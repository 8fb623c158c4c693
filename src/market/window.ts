// What an agent may see: bars up to and including the decision bar. Later bars never enter a window, and so never a sandbox.
import type { Candles, Tape } from "../contracts/candles.ts";
import type { MarketWindow } from "../contracts/frames.ts";
import { invariant } from "../contracts/invariant.ts";
import { sliceCandles } from "./cut-tape.ts";

/** The last `bars` bars ending with bar `uptoIndex` (fewer when the tape starts later), as plain arrays for a frame. */
export function windowOf(tape: Tape, uptoIndex: number, bars: number): MarketWindow {
  const length = tape.candles.t.length;
  invariant(Number.isInteger(uptoIndex) && uptoIndex >= 0 && uptoIndex < length, "the decision bar lies on the tape");
  invariant(Number.isInteger(bars) && bars > 0, "a window has at least one bar");
  const part = sliceCandles(tape.candles, Math.max(0, uptoIndex + 1 - bars), uptoIndex + 1);
  return {
    symbol: tape.passport.symbol,
    t: [...part.t],
    open: [...part.open],
    high: [...part.high],
    low: [...part.low],
    close: [...part.close],
    volume: [...part.volume],
  };
}

/** A window's columns as float64, as indicators want them. */
export function candlesOf(window: MarketWindow): Candles {
  return {
    t: Float64Array.from(window.t),
    open: Float64Array.from(window.open),
    high: Float64Array.from(window.high),
    low: Float64Array.from(window.low),
    close: Float64Array.from(window.close),
    volume: Float64Array.from(window.volume),
  };
}
