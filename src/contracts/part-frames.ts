// Frames of a backtest that is split over agents: bars go in, and what the strategy decides on the bars of one part comes out.
// Bars are shown in order and never beyond the end of the part that is asked for.
import { Type, type Static } from "typebox";
import { maxPartBars as most, maxPartTapes, maxStrategyChars } from "./frame-limits.ts";

const closed = { additionalProperties: false } as const;
const Column = Type.Array(Type.Number(), { maxItems: most });
const Bar = Type.Integer({ minimum: 0 });
const Digest = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** The next bars of a tape; `from` 0 begins the tape anew. */
export const BarsSchema = Type.Object(
  {
    kind: Type.Literal("bars"),
    tape: Type.Integer({ minimum: 0, maximum: maxPartTapes - 1 }),
    from: Bar,
    t: Column,
    open: Column,
    high: Column,
    low: Column,
    close: Column,
    volume: Column,
  },
  closed,
);
export type Bars = Static<typeof BarsSchema>;

/** A strategy of the user's, by the digest of what runs: parts name it so. */
export const StrategyCodeSchema = Type.Object(
  {
    kind: Type.Literal("strategy"),
    /** `user:` and the sha256 of `code`, hex. */
    name: Type.String({ pattern: "^user:[0-9a-f]{64}$" }),
    code: Type.String({ maxLength: maxStrategyChars }),
  },
  closed,
);
export type StrategyCode = Static<typeof StrategyCodeSchema>;

/** What an account holds from bar `from` on as long as nothing is ordered: units per tape, equity per bar. */
const Holding = Type.Object(
  {
    units: Type.Array(Type.Number(), { maxItems: maxPartTapes }),
    equity: Type.Array(Type.Number(), { maxItems: most }),
  },
  closed,
);
export type Holding = Static<typeof Holding>;

/** Decide bars [from, to). The first `tapes` tapes must have been shown up to bar to-1, and no further. */
export const PartSchema = Type.Object(
  {
    kind: Type.Literal("part"),
    taskId: Type.String(),
    strategy: Type.String(),
    params: Type.Record(Type.String(), Type.Number()),
    tapes: Type.Integer({ minimum: 1, maximum: maxPartTapes }),
    from: Bar,
    to: Bar,
    /** For strategies over several symbols: decide until the first bar that orders anything. */
    holding: Type.Optional(Holding),
  },
  closed,
);
export type Part = Static<typeof PartSchema>;

const Price = Type.Optional(Type.Number());
const Intent = Type.Object(
  {
    side: Type.Enum(["buy", "sell"]),
    closeFirst: Type.Optional(Type.Boolean()),
    limit: Price,
    stop: Price,
    stopLoss: Price,
    takeProfit: Price,
    trailPct: Price,
    day: Type.Optional(Type.Boolean()),
    group: Price,
  },
  closed,
);

/** A bar and a side on which something is asked for; what is not listed is "none". */
const Decided = Type.Object(
  {
    bar: Bar,
    side: Type.Enum([-1, 0, 1]),
    decision: Type.Union([Type.Enum(["buy", "sell", "close"]), Intent]),
  },
  closed,
);
export type Decided = Static<typeof Decided>;

const Ordered = Type.Object(
  {
    bar: Bar,
    changes: Type.Array(Type.Object({ symbol: Bar, units: Type.Number() }, closed), { minItems: 1, maxItems: 100 }),
  },
  closed,
);
/** The first bar of a part on which a strategy over several symbols orders anything. */
export type Ordered = Static<typeof Ordered>;

export const DecidedPartSchema = Type.Object(
  {
    agentId: Type.String(),
    taskId: Type.String(),
    strategy: Type.String(),
    from: Bar,
    to: Bar,
    /** Latest first-value bar among the indicators, as the strategy declares it; 0 over several symbols. */
    firstIndicatorBar: Bar,
    /** By bar, then by side. */
    decided: Type.Array(Decided, { maxItems: 3 * most }),
    ordered: Type.Union([Ordered, Type.Null()]),
    /** sha256 hex over what the part rests on, computed inside the sandbox. */
    inputsSha256: Digest,
  },
  closed,
);
export type DecidedPart = Static<typeof DecidedPartSchema>;

export const DecisionsSchema = Type.Object(
  {
    kind: Type.Literal("decisions"),
    taskId: Type.String(),
    part: DecidedPartSchema,
    /** Ed25519 over the canonical JSON of `part`, base64. */
    signature: Type.String({ maxLength: 200 }),
  },
  closed,
);
export type Decisions = Static<typeof DecisionsSchema>;
