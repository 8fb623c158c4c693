// What the page is drawn from: the output of the backtest operation, checked for what the page needs and nothing else.

interface Band {
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
}

export interface MonteCarlo {
  readonly paths: number;
  readonly seed: number;
  readonly note: string;
  readonly bootstrap: {
    readonly periods: number;
    readonly blockPeriods: number;
    readonly observed: { readonly returnPct: number; readonly maxDrawdownPct: number; readonly sharpe: number | null };
    readonly returnPct: Band;
    readonly maxDrawdownPct: Band;
    readonly sharpe: Band | null;
    readonly lossProbability: number;
  };
  readonly tradeOrder: {
    readonly trades: number;
    readonly observed: { readonly returnPct: number; readonly maxDrawdownPct: number };
    readonly returnPct: Band;
    readonly maxDrawdownPct: Band;
  } | null;
}

export interface BacktestRow {
  readonly symbol: string;
  readonly strategy: string;
  readonly source: string;
  readonly sha256: string;
  readonly synthetic: boolean;
  readonly first: string;
  readonly last: string;
  readonly bars: number;
  readonly note: string;
  readonly lookAheadCheck: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly oneBarLag: Readonly<Record<string, number | null>>;
  readonly evidence: {
    readonly costLadder: readonly { readonly costBps: number; readonly returnPct: number }[];
    /** null when it was not asked for. */
    readonly monteCarlo: MonteCarlo | null;
  };
  readonly certificate: {
    readonly sha256: string;
    readonly checks: readonly { readonly name: string; readonly outcome: string }[];
  };
  readonly series: readonly { readonly date: string; readonly equity: number; readonly drawdownPct: number }[];
  readonly trades: readonly {
    readonly symbol?: string;
    readonly entryDate: string;
    readonly exitDate: string;
    readonly size: number;
    readonly entryPrice: number;
    readonly exitPrice: number;
    readonly fees: number;
    readonly profit: number;
  }[];
}

export interface BacktestDocument {
  readonly backtestId: string;
  readonly completedAt: string;
  readonly results: readonly BacktestRow[];
}

/** Throws when the value is not the output of a backtest with its series. */
export function readBacktestDocument(value: unknown): BacktestDocument {
  if (isDocument(value)) return value;
  throw new Error("Cannot draw the page: the file is not the output of a backtest with its series");
}

function isDocument(value: unknown): value is BacktestDocument {
  if (!isObject(value) || typeof value.backtestId !== "string" || typeof value.completedAt !== "string") return false;
  return Array.isArray(value.results) && value.results.length > 0 && value.results.every((row) => isRow(row));
}

const texts = ["symbol", "strategy", "source", "sha256", "first", "last", "note", "lookAheadCheck"] as const;
const objects = ["metrics", "oneBarLag", "evidence", "certificate"] as const;

function isRow(row: unknown): row is BacktestRow {
  return (
    isObject(row) &&
    texts.every((name) => typeof row[name] === "string") &&
    objects.every((name) => isObject(row[name])) &&
    Array.isArray(row.series) &&
    Array.isArray(row.trades)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
