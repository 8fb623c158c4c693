// What each source calls a league; null where it does not cover it.
import type { SportName } from "../../contracts/names.ts";

export interface League {
  readonly title: string;
  /** docs.sleeper.com: leagues exist for these only. */
  readonly sleeper: string | null;
  readonly espn: string;
  /** the-odds-api.com/sports-odds-data/sports-apis.html */
  readonly odds: string;
  /** A game may end in a draw, so that two-way prices return the stake then. */
  readonly drawPossible: boolean;
}

export const leagues: Readonly<Record<SportName, League>> = {
  nfl: { title: "NFL", sleeper: "nfl", espn: "football/nfl", odds: "americanfootball_nfl", drawPossible: true },
  nba: { title: "NBA", sleeper: "nba", espn: "basketball/nba", odds: "basketball_nba", drawPossible: false },
  mlb: { title: "MLB", sleeper: null, espn: "baseball/mlb", odds: "baseball_mlb", drawPossible: false },
  nhl: { title: "NHL", sleeper: null, espn: "hockey/nhl", odds: "icehockey_nhl", drawPossible: false },
  epl: { title: "Premier League", sleeper: null, espn: "soccer/eng.1", odds: "soccer_epl", drawPossible: true },
};
