// Prices. A tape is columns of float64 with a passport; nothing may read a bar before its `availableAt` (its close).

/** Columns of equal length; `t` is UTC ms of the bar's date, strictly ascending. Close-only series repeat the close. */
export interface Candles {
  readonly t: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

export interface Passport {
  readonly symbol: string;
  readonly source: string;
  readonly licence: string;
  readonly interval: "intraday" | "1d" | "1wk" | "1mo";
  readonly adjustment: "none" | "split" | "split+dividend";
  readonly closeOnly: boolean;
  readonly survivorship: "single" | "todays-members" | "point-in-time" | "unknown";
  readonly synthetic: boolean;
  /** Lower-case hex of the file the bars were read from. */
  readonly sha256: string;
  /** ISO dates of the first and last bar. */
  readonly first: string;
  readonly last: string;
  readonly bars: number;
}

export interface Tape {
  readonly passport: Passport;
  readonly candles: Candles;
}
