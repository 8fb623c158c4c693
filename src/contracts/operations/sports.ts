// Input and output of getFantasyData. Every section says where it comes from, when it was asked for and how old it is; a section
// that did not come says why, and nothing stands in for it.
import { Type, type Static } from "typebox";
import { feedSources, sportNames } from "../names.ts";

const closed = { additionalProperties: false } as const;
const Time = Type.String({ format: "date-time" });
const Nullable = <Schema extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

export const FantasyInput = Type.Object(
  {
    sport: Type.Enum([...sportNames], { description: "which league" }),
    sources: Type.Optional(
      Type.Array(Type.Enum([...feedSources]), {
        minItems: 1,
        uniqueItems: true,
        description: `of ${feedSources.join(", ")} (default: all that cover the sport; odds need THE_ODDS_API_KEY)`,
      }),
    ),
    playerNames: Type.Optional(
      Type.Boolean({
        default: false,
        description: "look up who the trending players are: a file of several megabytes, asked for once a day",
      }),
    ),
    markets: Type.Optional(
      Type.Array(Type.Enum(["h2h", "spreads", "totals"]), {
        minItems: 1,
        uniqueItems: true,
        default: ["h2h"],
        description: "h2h, spreads, totals; every one counts against the quota of the key",
      }),
    ),
    regions: Type.Optional(
      Type.Array(Type.Enum(["us", "us2", "uk", "au", "eu"]), {
        minItems: 1,
        uniqueItems: true,
        default: ["us"],
        description: "us, us2, uk, au, eu; every one counts against the quota of the key",
      }),
    ),
    maxQuoteAgeSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, default: 600, description: "older quotes are left out and counted" }),
    ),
    bankroll: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1e12, default: 100, description: "total stake of an arbitrage" }),
    ),
    kellyFraction: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 1, default: 0.25, description: "share of the full Kelly stake" }),
    ),
  },
  closed,
);
export type FantasyInput = Static<typeof FantasyInput>;

const origin = {
  status: Type.Literal("ok"),
  /** Who gave it. */
  source: Type.String(),
  /** True when the source does not document or promise this data. */
  unofficial: Type.Boolean(),
  /** What was asked, without keys. */
  addresses: Type.Array(Type.String()),
  /** Of the oldest answer. */
  retrievedAt: Time,
  /** Since then, with the time it spent in caches on the way. */
  ageSeconds: Type.Number({ minimum: 0 }),
};
const Missing = Type.Object(
  {
    status: Type.Enum(["failed", "not-offered"]),
    /** A fault code; null when the source does not cover the sport. */
    code: Nullable(Type.String()),
    reason: Type.String(),
  },
  closed,
);

const Trending = Type.Array(
  Type.Object(
    { playerId: Type.String(), count: Type.Integer(), name: Nullable(Type.String()), team: Nullable(Type.String()) },
    closed,
  ),
);
const Fantasy = Type.Object(
  {
    ...origin,
    season: Type.String(),
    seasonType: Type.String(),
    week: Type.Integer(),
    /** Over the last 24 hours. */
    adds: Trending,
    drops: Trending,
  },
  closed,
);

const Game = Type.Object(
  {
    eventId: Type.String(),
    startTime: Time,
    homeTeam: Type.String(),
    awayTeam: Type.String(),
    state: Type.Enum(["pre", "in", "post"]),
    detail: Nullable(Type.String()),
    /** null before the start. */
    homeScore: Nullable(Type.Number()),
    awayScore: Nullable(Type.Number()),
    venue: Nullable(Type.String()),
  },
  closed,
);
const Games = Type.Object({ ...origin, games: Type.Array(Game) }, closed);

const BestPrice = Type.Object(
  {
    name: Type.String(),
    point: Nullable(Type.Number()),
    /** Best decimal price among the fresh quotes, and who quotes it. */
    decimalOdds: Type.Number(),
    bookmaker: Type.String(),
    quotedAt: Time,
    quoteAgeSeconds: Type.Number(),
    impliedProbability: Type.Number(),
    /** Mean over the bookmakers that quote every outcome, each without its margin; null when none does. */
    fairProbability: Nullable(Type.Number()),
    /** Per unit staked at the best price, if the fair probability were the true one. */
    expectedValue: Nullable(Type.Number()),
    /** Share of the bankroll, the asked fraction of full Kelly; 0 without an edge. */
    kellyStake: Nullable(Type.Number()),
  },
  closed,
);
export const PricedMarket = Type.Object(
  {
    market: Type.String(),
    /** Null for h2h. Of spreads: the home side's. */
    line: Nullable(Type.Number()),
    /** Bookmakers with fresh quotes of every outcome. */
    bookmakers: Type.Integer({ minimum: 0 }),
    /** True when stakes may come back: whole lines, and two-way prices where a draw is possible. */
    pushPossible: Type.Boolean(),
    outcomes: Type.Array(BestPrice),
    /** On quoted prices: before limits, and before a quote moves. Null when the outcomes are not exhaustive. */
    arbitrage: Type.Union([
      Type.Object(
        {
          sumImplied: Type.Number(),
          exists: Type.Boolean(),
          profitPct: Type.Number(),
          /** In the order of the outcomes, in whole cents that add up to those of the bankroll. */
          stakes: Type.Array(Type.Number()),
          worstProfit: Type.Number(),
        },
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
);
export type PricedMarket = Static<typeof PricedMarket>;
const PricedEvent = Type.Object(
  {
    eventId: Type.String(),
    startTime: Time,
    homeTeam: Type.String(),
    awayTeam: Type.String(),
    markets: Type.Array(PricedMarket),
  },
  closed,
);
export type PricedEvent = Static<typeof PricedEvent>;
const Odds = Type.Object(
  {
    ...origin,
    /** Quotes older than asked for, left out. */
    staleQuotes: Type.Integer({ minimum: 0 }),
    /** Quotes of a market that does not hold together: an outcome twice, or a line without its other side. */
    brokenQuotes: Type.Integer({ minimum: 0 }),
    events: Type.Array(PricedEvent),
  },
  closed,
);

export const FantasyOutput = Type.Object(
  {
    sport: Type.Enum([...sportNames]),
    askedAt: Time,
    fantasy: Type.Optional(Type.Union([Fantasy, Missing])),
    games: Type.Optional(Type.Union([Games, Missing])),
    odds: Type.Optional(Type.Union([Odds, Missing])),
  },
  closed,
);
export type FantasyOutput = Static<typeof FantasyOutput>;
export type FantasySection = Static<typeof Fantasy>;
export type GamesSection = Static<typeof Games>;
export type OddsSection = Static<typeof Odds>;
export type MissingSection = Static<typeof Missing>;
