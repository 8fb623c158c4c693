// `fantasy`: what the sports sources say about a league, with the age of each section.
import { sportNames } from "../../../contracts/names.ts";
import type { FantasyOutput } from "../../../contracts/operations/sports.ts";
import { alignedPairs, alignedTable, type Cell } from "../aligned-table.ts";
import type { CommandSpec } from "../command-spec.ts";
import { asList, asNumber } from "../readers.ts";
import { wireForm } from "../wire-form.ts";

type Section<Name extends "fantasy" | "games" | "odds"> = Extract<NonNullable<FantasyOutput[Name]>, { status: "ok" }>;

export const fantasyCommand: CommandSpec = {
  name: "fantasy",
  group: "Data",
  summary: "Show season, games and prices of a league with their source and age",
  schema: "fantasy.input",
  operands: [{ syntax: "<sport>", key: "sport", text: "which league", choices: sportNames }],
  options: [
    { flags: "--sources <list>", key: "sources", read: asList },
    { flags: "--player-names", key: "playerNames" },
    { flags: "--markets <list>", key: "markets", read: asList },
    { flags: "--regions <list>", key: "regions", read: asList },
    { flags: "--max-quote-age <seconds>", key: "maxQuoteAgeSeconds", read: asNumber },
    { flags: "--bankroll <units>", key: "bankroll", read: asNumber },
    { flags: "--kelly-fraction <share>", key: "kellyFraction", read: asNumber },
  ],
  examples: ["e2b-swarm fantasy nfl", "e2b-swarm fantasy epl --sources espn,odds --json"],
  async run(values, session) {
    const output = await session.call("getFantasyData", values);
    const sections = [
      section("fantasy", output.fantasy, fantasyText),
      section("games", output.games, gamesText),
      section("odds", output.odds, oddsText),
    ];
    return { data: wireForm("fantasy.output", output), text: sections.filter((text) => text !== "").join("\n\n") };
  },
};

interface Ok {
  readonly status: "ok";
  readonly source: string;
  readonly unofficial: boolean;
  readonly retrievedAt: string;
  readonly ageSeconds: number;
}
interface Missing {
  readonly status: "failed" | "not-offered";
  readonly reason: string;
}

function section<Found extends Ok>(
  title: string,
  found: Found | Missing | undefined,
  text: (found: Found) => string,
): string {
  if (found === undefined) return "";
  if (found.status !== "ok") return `${title}: ${found.reason}`;
  const origin = `${found.source}${found.unofficial ? " (unofficial)" : ""}`;
  const age = `${Math.round(found.ageSeconds)} s old, retrieved ${found.retrievedAt}`;
  return `${title}: ${origin}, ${age}\n${text(found)}`;
}

function fantasyText({ season, seasonType, week, adds, drops }: Section<"fantasy">): string {
  const rows = (list: typeof adds): Cell[][] =>
    list.map(({ playerId, name, team, count }) => [playerId, name, team, count]);
  return [
    alignedPairs([
      ["season", season],
      ["part", seasonType],
      ["week", week],
    ]),
    alignedTable(["ADDED", "NAME", "TEAM", "TIMES"], rows(adds)),
    alignedTable(["DROPPED", "NAME", "TEAM", "TIMES"], rows(drops)),
  ].join("\n");
}

function gamesText({ games }: Section<"games">): string {
  return alignedTable(
    ["START", "HOME", "", "AWAY", "", "STATE"],
    games.map((game) => [
      game.startTime,
      game.homeTeam,
      game.homeScore,
      game.awayTeam,
      game.awayScore,
      game.detail ?? game.state,
    ]),
  );
}

function oddsText({ events, staleQuotes, brokenQuotes }: Section<"odds">): string {
  const rows = events.flatMap(({ homeTeam, awayTeam, markets }) =>
    markets.flatMap(({ market, outcomes, arbitrage }) =>
      outcomes.map((one): Cell[] => [
        `${homeTeam} - ${awayTeam}`,
        market,
        one.point === null ? one.name : `${one.name} ${one.point}`,
        one.decimalOdds,
        one.bookmaker,
        Math.round(one.quoteAgeSeconds),
        rounded(one.fairProbability),
        rounded(one.expectedValue),
        rounded(one.kellyStake),
        arbitrage === null ? null : rounded(arbitrage.sumImplied),
      ]),
    ),
  );
  const head = ["EVENT", "MARKET", "OUTCOME", "BEST", "AT", "AGE S", "FAIR", "EV", "KELLY", "SUM 1/ODDS"];
  const note = `on quoted prices; ${staleQuotes} stale and ${brokenQuotes} broken quotes left out; FAIR is the bookmakers' mean without margin, not the truth`;
  return `${alignedTable(head, rows)}\n${note}`;
}

function rounded(value: number | null): Cell {
  return value === null ? null : Number(value.toPrecision(4));
}
