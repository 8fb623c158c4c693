// The indicators one bar at a time, for live use: the same bits as the columns, because sums run over the same values in the same
// order. NaN before the first bar that has a value. Seeds are those of the batch forms (docs/decisions/0041).

export interface StreamBar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
}
/** Takes the next value and returns the indicator's. */
export type Stream = (value: number) => number;
export type BarStream = (bar: StreamBar) => number;

/** The last `n` values, oldest first; `at(0)` is the oldest. */
interface Ring {
  readonly push: (value: number) => void;
  readonly at: (place: number) => number;
  readonly full: () => boolean;
}

function ringOf(n: number): Ring {
  const values = new Float64Array(n);
  let count = 0;
  return {
    push(value) {
      values[count % n] = value;
      count += 1;
    },
    at: (place) => values[(count + place) % n] ?? NaN,
    full: () => count >= n,
  };
}

function meanOver(ring: Ring, n: number): number {
  let sum = 0;
  for (let place = 0; place < n; place += 1) sum += ring.at(place);
  return sum / n;
}

function sdOver(ring: Ring, n: number): number {
  const mean = meanOver(ring, n);
  let squares = 0;
  for (let place = 0; place < n; place += 1) squares += (ring.at(place) - mean) ** 2;
  return Math.sqrt(squares / n);
}

export function smaStream(n: number): Stream {
  const ring = ringOf(n);
  return (value) => {
    ring.push(value);
    return ring.full() ? meanOver(ring, n) : NaN;
  };
}

/** Born on value `born` (counted from 0) with the mean of the n values up to it. */
export function emaStream(n: number, born = n - 1): Stream {
  const ring = ringOf(n);
  const factor = 2 / (n + 1);
  let [seen, mean] = [0, NaN];
  return (value) => {
    if (seen < born) ring.push(value);
    else if (seen === born) {
      ring.push(value);
      mean = meanOver(ring, n);
    } else mean += (value - mean) * factor;
    seen += 1;
    return mean;
  };
}

export function rsiStream(n: number): Stream {
  let [seen, before, gain, loss] = [0, NaN, 0, 0];
  return (value) => {
    const change = value - before;
    before = value;
    seen += 1;
    if (seen === 1) return NaN;
    const up = change > 0 ? change : 0;
    const down = change < 0 ? -change : 0;
    const bar = seen - 1;
    gain = bar <= n ? gain + up / n : (gain * (n - 1) + up) / n;
    loss = bar <= n ? loss + down / n : (loss * (n - 1) + down) / n;
    if (bar < n) return NaN;
    return gain + loss === 0 ? 0 : (100 * gain) / (gain + loss);
  };
}

export interface MacdPoint {
  readonly line: number;
  readonly signal: number;
  readonly histogram: number;
}

export function macdStream(fast: number, slow: number, smooth: number): (value: number) => MacdPoint {
  const born = slow - 1;
  const [quick, lazy, average] = [emaStream(fast, born), emaStream(slow, born), emaStream(smooth)];
  let seen = 0;
  return (value) => {
    const raw = quick(value) - lazy(value);
    seen += 1;
    if (seen <= born) return { line: NaN, signal: NaN, histogram: NaN };
    const signal = average(raw);
    const shown = Number.isNaN(signal) ? NaN : raw;
    return { line: shown, signal, histogram: shown - signal };
  };
}

export interface BandPoint {
  readonly upper: number;
  readonly middle: number;
  readonly lower: number;
}

export function bollingerStream(n: number, k: number): (value: number) => BandPoint {
  const ring = ringOf(n);
  return (value) => {
    ring.push(value);
    if (!ring.full()) return { upper: NaN, middle: NaN, lower: NaN };
    const middle = meanOver(ring, n);
    const width = k * sdOver(ring, n);
    return { upper: middle + width, middle, lower: middle - width };
  };
}

export function zScoreStream(n: number): Stream {
  const ring = ringOf(n);
  return (value) => {
    ring.push(value);
    if (!ring.full()) return NaN;
    const sd = sdOver(ring, n);
    return sd === 0 ? 0 : (value - meanOver(ring, n)) / sd;
  };
}

/** Change from `lookback` values ago to `skip` values ago; skip 0 is the rate of change. */
export function momentumStream(lookback: number, skip = 0): Stream {
  const ring = ringOf(lookback + 1);
  return (value) => {
    ring.push(value);
    return ring.full() ? ring.at(lookback - skip) / ring.at(0) - 1 : NaN;
  };
}

function trueRange({ high, low }: StreamBar, before: number): number {
  return Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
}

export function atrStream(n: number): BarStream {
  let [seen, before, value] = [0, NaN, 0];
  return (bar) => {
    const range = trueRange(bar, before);
    before = bar.close;
    seen += 1;
    if (seen === 1) return NaN;
    value = seen - 1 <= n ? value + range / n : (value * (n - 1) + range) / n;
    return seen - 1 >= n ? value : NaN;
  };
}

export function adxStream(n: number): BarStream {
  let last: StreamBar | undefined;
  let [bar, plus, minus, range, value] = [0, 0, 0, 0, 0];
  return (now) => {
    const before = last;
    last = now;
    if (before === undefined) return NaN;
    bar += 1;
    const up = now.high - before.high;
    const down = before.low - now.low;
    const keep = bar < n ? 1 : 1 - 1 / n;
    plus = plus * keep + (up > 0 && up > down ? up : 0);
    minus = minus * keep + (down > 0 && down > up ? down : 0);
    range = range * keep + trueRange(now, before.close);
    if (bar < n) return NaN;
    const still = range === 0 || plus + minus === 0;
    const dx = still ? 0 : (100 * Math.abs(plus / range - minus / range)) / (plus / range + minus / range);
    value = bar < 2 * n ? value + dx / n : (value * (n - 1) + dx) / n;
    return bar >= 2 * n - 1 ? value : NaN;
  };
}
