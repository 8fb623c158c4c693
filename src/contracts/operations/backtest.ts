// Input and output of the backtest operation: what may be asked for, and what stands beside every figure.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const IsoDate = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "YYYY-MM-DD" });
const Figure = Type.Union([Type.Number(), Type.Null()]);
const Figures = Type.Record(Type.String(), Figure);
const Params = Type.Record(Type.String(), Type.Number());
const bps = (description: string, standard?: number) =>
  Type.Optional(
    Type.Number({ minimum: 0, maximum: 1_000, ...(standard === undefined ? {} : { default: standard }), description }),
  );

export const worldIds = ["driftless", "trend", "reverting-pair", "jumps", "regimes", "gaps"] as const;

export const BacktestInput = Type.Object(
  {
    strategy: Type.String({
      minLength: 1,
      maxLength: 500,
      description: "name or id of a strategy, or a file with one of your own (.ts, .js)",
    }),
    symbols: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 20 }), {
        minItems: 1,
        maxItems: 50,
        description: "symbols of the installed series",
      }),
    ),
    start: IsoDate,
    end: Type.Optional(IsoDate),
    params: Type.Optional(Type.Record(Type.String(), Type.Number(), { description: "parameters of the strategy" })),
    costBps: bps("cost per side, basis points", 20),
    cash: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e12, default: 10_000, description: "dollars per symbol" }),
    ),
    mode: Type.Optional(
      Type.Enum(["reference", "product"], {
        default: "reference",
        description:
          "reference: conventions of the engines it is compared with; product: spread on both sides, marks at the fill, closed at the last close",
      }),
    ),
    size: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1e12,
        description: "of each entry: a fraction of the available margin below 1, or whole units (default: all)",
      }),
    ),
    fixedFee: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1e6, description: "dollars per fill besides the cost" }),
    ),
    spreadBps: bps("spread, basis points of the price"),
    slippageBps: bps("how much worse market and stop orders fill, basis points; product mode"),
    margin: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        default: 1,
        description: "own share of a position; 0.5 allows twice the equity",
      }),
    ),
    borrowPct: Type.Optional(
      Type.Number({ minimum: 0, maximum: 100, description: "percent a year on shorts; product mode" }),
    ),
    interestPct: Type.Optional(
      Type.Number({ minimum: 0, maximum: 100, description: "percent a year on longs beyond the equity; product mode" }),
    ),
    tradeOnClose: Type.Optional(Type.Boolean({ description: "fill market orders at the close that decided them" })),
    finalize: Type.Optional(
      Type.Boolean({ description: "close what is open at the end (default: only in product mode)" }),
    ),
    clip: Type.Optional(
      Type.Boolean({ default: false, description: "take the part of the range that the series covers" }),
    ),
    dataFile: Type.Optional(
      Type.String({
        minLength: 5,
        maxLength: 500,
        pattern: "\\.([cC][sS][vV]|[jJ][sS][oO][nN])$",
        description: "own prices, a .csv or .json file",
      }),
    ),
    feed: Type.Optional(
      Type.String({
        maxLength: 60,
        pattern: "^(alpaca|ccxt:[a-z0-9]{1,40})$",
        description: "daily prices from outside: alpaca for US stocks, ccxt:<exchange> for crypto",
      }),
    ),
    acceptJumps: Type.Optional(Type.Boolean({ description: "own prices may jump by what looks like a split" })),
    synthetic: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 4_294_967_295,
        description: "seed of invented prices; every output says so",
      }),
    ),
    world: Type.Optional(Type.Enum(worldIds, { description: "kind of invented prices (default: driftless)" })),
    grid: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.Number(), { minItems: 1, maxItems: 200 }), {
        description: "values of parameters; every combination is tried and counted",
      }),
    ),
    walkForward: Type.Optional(
      Type.Object(
        {
          trainBars: Type.Integer({ minimum: 20, maximum: 100_000 }),
          testBars: Type.Integer({ minimum: 5, maximum: 100_000 }),
        },
        { ...closed, description: "choose on train bars, judge on the test bars that follow" },
      ),
    ),
    luck: Type.Optional(Type.Boolean({ description: "also run on prices where there is nothing to find" })),
    monteCarlo: Type.Optional(
      Type.Object(
        {
          paths: Type.Integer({ minimum: 100, maximum: 10_000, description: "paths of each kind" }),
          seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295, default: 1 })),
          blockPeriods: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: 100_000,
              description: "mean length of a block, periods (default: chosen from the returns)",
            }),
          ),
        },
        { ...closed, description: "also draw the run's periods again in blocks, and its trades in another order" },
      ),
    ),
    agents: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 20,
        description: "split the range over this many agents, each in a sandbox of its own; the figures stay the same",
      }),
    ),
    series: Type.Optional(Type.Boolean({ description: "include equity and drawdown per bar" })),
    page: Type.Optional(
      Type.String({
        minLength: 6,
        maxLength: 500,
        pattern: "\\.html$",
        description: "write an HTML page with equity, drawdown and trades",
      }),
    ),
  },
  closed,
);
export type BacktestInput = Static<typeof BacktestInput>;

/** Quantiles of all paths at 5, 50 and 95 %, linear between order statistics (type 7). */
const Band = Type.Object({ p5: Type.Number(), p50: Type.Number(), p95: Type.Number() }, closed);

/** Drawdowns are negative, percent, at the ends of periods (of trades in `tradeOrder`); Sharpe is `sharpeArith`. */
const MonteCarlo = Type.Object(
  {
    paths: Type.Integer(),
    seed: Type.Integer(),
    bootstrap: Type.Object(
      {
        periods: Type.Integer(),
        /** Mean length of a block; a whole number when it was asked for. */
        blockPeriods: Type.Number(),
        blockChosenBy: Type.Enum(["returns", "request"]),
        observed: Type.Object({ returnPct: Type.Number(), maxDrawdownPct: Type.Number(), sharpe: Figure }, closed),
        returnPct: Band,
        maxDrawdownPct: Band,
        /** null when a path has none. */
        sharpe: Type.Union([Band, Type.Null()]),
        /** Share of paths that end below their start. */
        lossProbability: Type.Number(),
      },
      closed,
    ),
    /** null with fewer than two closed trades, or when they left nothing. */
    tradeOrder: Type.Union([
      Type.Object(
        {
          trades: Type.Integer(),
          /** Whether sizes follow the balance, so that trades multiply, or are amounts that add up. */
          sizedBy: Type.Enum(["balance", "amount"]),
          observed: Type.Object({ returnPct: Type.Number(), maxDrawdownPct: Type.Number() }, closed),
          returnPct: Band,
          maxDrawdownPct: Band,
        },
        closed,
      ),
      Type.Null(),
    ]),
    /** What the bands do not show. */
    note: Type.String(),
  },
  closed,
);

const Evidence = Type.Object(
  {
    costLadder: Type.Array(Type.Object({ costBps: Type.Number(), returnPct: Type.Number() }, closed)),
    /** Cost per side that leaves nothing; null when free trading leaves nothing, or ten percent leave something. */
    breakEvenBps: Figure,
    futureScramble: Type.Enum(["passed", "failed", "not-run"]),
    /** Chance that the true Sharpe ratio is above zero, and above what luck gives the best of all trials. */
    probabilisticSharpe: Figure,
    deflatedSharpe: Figure,
    trials: Type.Integer({ minimum: 1 }),
    overfitting: Type.Union([Type.Object({ probability: Type.Number(), splits: Type.Integer() }, closed), Type.Null()]),
    noEdge: Type.Union([
      Type.Object(
        { worlds: Type.Integer(), driftlessPercentile: Type.Number(), shuffledPercentile: Type.Number() },
        closed,
      ),
      Type.Null(),
    ]),
    monteCarlo: Type.Union([MonteCarlo, Type.Null()]),
  },
  closed,
);

export const BacktestResult = Type.Object(
  {
    symbol: Type.String(),
    strategy: Type.String(),
    source: Type.String(),
    sha256: Type.String(),
    closeOnly: Type.Boolean(),
    synthetic: Type.Boolean(),
    first: IsoDate,
    last: IsoDate,
    bars: Type.Integer(),
    metrics: Figures,
    /** The same run with every order one bar later: a collapse means the signal used its own bar. */
    oneBarLag: Figures,
    trades: Type.Array(
      Type.Object(
        {
          symbol: Type.Optional(Type.String()),
          entryDate: IsoDate,
          exitDate: IsoDate,
          size: Type.Number(),
          entryPrice: Type.Number(),
          exitPrice: Type.Number(),
          profit: Type.Number(),
          fees: Type.Number(),
        },
        closed,
      ),
    ),
    lookAheadCheck: Type.Enum(["passed", "failed"]),
    evidence: Evidence,
    certificate: Type.Object(
      {
        sha256: Type.String(),
        checks: Type.Array(
          Type.Object({ name: Type.String(), outcome: Type.Enum(["passed", "failed", "shown", "not-run"]) }, closed),
        ),
      },
      closed,
    ),
    grid: Type.Optional(
      Type.Array(
        Type.Object(
          {
            params: Params,
            returnPct: Type.Number(),
            maxDrawdownPct: Type.Number(),
            trades: Type.Integer(),
            sharpe: Figure,
          },
          closed,
        ),
      ),
    ),
    walkForward: Type.Optional(
      Type.Object(
        {
          returnPct: Type.Number(),
          efficiency: Figure,
          folds: Type.Array(
            Type.Object(
              {
                trainFirst: IsoDate,
                trainLast: IsoDate,
                testFirst: IsoDate,
                testLast: IsoDate,
                params: Params,
                trainReturnPct: Type.Number(),
                testReturnPct: Type.Number(),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    series: Type.Optional(
      Type.Array(Type.Object({ date: IsoDate, equity: Type.Number(), drawdownPct: Type.Number() }, closed)),
    ),
    note: Type.String(),
  },
  closed,
);
export type BacktestResult = Static<typeof BacktestResult>;

const AgentsPart = Type.Object(
  {
    symbol: Type.String(),
    agentId: Type.String(),
    sandboxId: Type.String(),
    first: IsoDate,
    last: IsoDate,
    bars: Type.Integer({ minimum: 1 }),
  },
  closed,
);

/** Who made the decisions when the range was split. */
const Agents = Type.Object(
  {
    count: Type.Integer({ minimum: 1 }),
    sandboxes: Type.Integer({ minimum: 1 }),
    /** Agents that failed, were late or told something else; others decided their parts. */
    dropped: Type.Integer({ minimum: 0 }),
    /** What all sandboxes ran together. */
    sandboxSeconds: Type.Number({ minimum: 0 }),
    /** From the first sandbox asked for to the last one ended. */
    elapsedSeconds: Type.Number({ minimum: 0 }),
    parts: Type.Array(AgentsPart),
  },
  closed,
);

export const BacktestOutput = Type.Object(
  {
    backtestId: Type.String(),
    strategy: Type.String(),
    completedAt: Type.String({ format: "date-time" }),
    results: Type.Array(BacktestResult),
    agents: Type.Optional(Agents),
    /** Path of the page that was written. */
    page: Type.Optional(Type.String()),
  },
  closed,
);
export type BacktestOutput = Static<typeof BacktestOutput>;
