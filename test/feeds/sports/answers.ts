// Answers in the documented shapes of the sources, with more fields than are read, and the figures that follow from them.
export const now = Date.parse("2025-09-07T16:00:00Z");

export const state = { week: 1, season: "2025", season_type: "regular", display_week: 1, league_season: "2025" };
export const adds = [
  { player_id: "9509", count: 120_000 },
  { player_id: "SEA", count: 7 },
];
export const drops = [{ player_id: "1", count: 3 }];
export const players = {
  "9509": { player_id: "9509", full_name: "Bijan Robinson", team: "ATL", age: 23 },
  SEA: { player_id: "SEA", first_name: "Seattle", last_name: "Seahawks", team: "SEA" },
};

const side = (homeAway: string, displayName: string, score: string) => ({
  homeAway,
  score,
  team: { id: "1", displayName, abbreviation: displayName.slice(0, 3).toUpperCase() },
});
export const scoreboard = {
  leagues: [{ id: "28" }],
  events: [
    {
      id: "401",
      date: "2025-09-07T17:00Z",
      name: "A at B",
      status: { type: { id: "1", state: "pre", detail: "Sun, September 7th" } },
      competitions: [
        { competitors: [side("home", "Falcons", "0"), side("away", "Rams", "0")], venue: { fullName: "Dome" } },
      ],
    },
    {
      id: "402",
      date: "2025-09-05T00:20Z",
      status: { type: { state: "post", detail: "Final" } },
      competitions: [{ competitors: [side("away", "Bears", "17"), side("home", "Lions", "24")] }],
    },
  ],
};

const outcome = (name: string, price: number, point?: number) => ({
  name,
  price,
  ...(point === undefined ? {} : { point }),
});
const market = (key: string, outcomes: readonly object[], last_update = "2025-09-07T15:59:00Z") => {
  return { key, last_update, outcomes };
};
export const event = (bookmakers: Readonly<Record<string, readonly object[]>>) => ({
  id: "e1",
  sport_key: "basketball_nba",
  sport_title: "NBA",
  commence_time: "2025-09-07T17:00:00Z",
  home_team: "Hawks",
  away_team: "Nets",
  bookmakers: Object.entries(bookmakers).map(([key, markets]) => ({ key, title: key, markets })),
});
export { market, outcome };
