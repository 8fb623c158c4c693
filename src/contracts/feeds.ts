// What data sources answer, as far as it is used: fields that are read must have these types, others may be there. An answer of
// another form is refused, never guessed. Sources: docs.sleeper.com, the-odds-api.com/liveapi/guides/v4, docs.alpaca.markets/reference;
// ESPN's addresses are not documented by ESPN.
import { Type, type Static } from "typebox";

const Text = Type.String({ maxLength: 2_000 });
const Time = Type.String({ format: "date-time" });
const maybe = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

/** GET /v1/state/{sport} */
export const SleeperState = Type.Object({
  week: Type.Integer(),
  season: Text,
  season_type: Text,
});
export type SleeperState = Static<typeof SleeperState>;

/** GET /v1/players/{sport}/trending/{add|drop} */
export const SleeperTrending = Type.Array(Type.Object({ player_id: Text, count: Type.Integer({ minimum: 0 }) }), {
  maxItems: 200,
});
export type SleeperTrending = Static<typeof SleeperTrending>;

const EspnCompetitor = Type.Object({
  homeAway: Type.Enum(["home", "away"]),
  score: maybe(Text),
  team: Type.Object({ displayName: Text, abbreviation: Type.Optional(Text) }),
});
/** GET /apis/site/v2/sports/{sport}/{league}/scoreboard */
export const EspnScoreboard = Type.Object({
  events: Type.Array(
    Type.Object({
      id: Text,
      // Without seconds: 2025-09-07T17:00Z.
      date: Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}" }),
      competitions: Type.Array(
        Type.Object({
          competitors: Type.Array(EspnCompetitor, { minItems: 2, maxItems: 2 }),
          venue: Type.Optional(Type.Object({ fullName: Type.Optional(Text) })),
        }),
        { minItems: 1 },
      ),
      status: Type.Object({
        type: Type.Object({ state: Type.Enum(["pre", "in", "post"]), detail: Type.Optional(Text) }),
      }),
    }),
    { maxItems: 500 },
  ),
});
export type EspnScoreboard = Static<typeof EspnScoreboard>;

const OddsOutcome = Type.Object({
  name: Text,
  price: Type.Number({ exclusiveMinimum: 1 }),
  point: Type.Optional(Type.Number()),
});
/** GET /v4/sports/{sport}/odds with oddsFormat=decimal and dateFormat=iso */
export const OddsEvents = Type.Array(
  Type.Object({
    id: Text,
    sport_key: Text,
    commence_time: Time,
    home_team: Text,
    away_team: Text,
    bookmakers: Type.Array(
      Type.Object({
        key: Text,
        markets: Type.Array(
          Type.Object({ key: Text, last_update: Time, outcomes: Type.Array(OddsOutcome, { maxItems: 100 }) }),
          { maxItems: 20 },
        ),
      }),
      { maxItems: 200 },
    ),
  }),
  { maxItems: 1_000 },
);
export type OddsEvents = Static<typeof OddsEvents>;

const Price = Type.Number({ exclusiveMinimum: 0 });
/** GET /v2/stocks/bars with timeframe=1Day */
export const AlpacaBars = Type.Object({
  bars: Type.Record(
    Type.String(),
    Type.Array(Type.Object({ t: Time, o: Price, h: Price, l: Price, c: Price, v: Type.Number({ minimum: 0 }) }), {
      maxItems: 10_000,
    }),
  ),
  next_page_token: maybe(Text),
});
export type AlpacaBars = Static<typeof AlpacaBars>;

/** fetchOHLCV of ccxt: time in ms, open, high, low, close, volume. */
export const CcxtCandles = Type.Array(Type.Array(Type.Number(), { minItems: 6, maxItems: 6 }), { maxItems: 10_000 });
export type CcxtCandles = Static<typeof CcxtCandles>;
