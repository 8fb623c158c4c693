import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { FantasyInput } from "../../../src/contracts/operations/sports.ts";
import { parse } from "../../../src/contracts/parse.ts";
import { realClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { openFeeds } from "../../../src/feeds/open-feeds.ts";
import { getLeague } from "../../../src/feeds/sports/get-league.ts";
import { openSource } from "../source.ts";
import * as answers from "./answers.ts";

const key = { THE_ODDS_API_KEY: "odds-key" };

async function stage(env: Readonly<Record<string, string>> = key, now = () => answers.now) {
  const source = await openSource();
  const folder = mkdtempSync(join(tmpdir(), "feeds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  source.on("/sleeper/state/nfl", { body: answers.state });
  source.on("/sleeper/players/nfl/trending/add", { body: answers.adds });
  source.on("/sleeper/players/nfl/trending/drop", { body: answers.drops });
  source.on("/sleeper/players/nfl", { body: answers.players });
  source.on("/espn/sports/football/nfl/scoreboard", { body: answers.scoreboard, headers: { age: "12" } });
  source.on("/odds/sports/americanfootball_nfl/odds", { body: [] });
  const urls = {
    SLEEPER_API_URL: `${source.url}/sleeper`,
    ESPN_API_URL: `${source.url}/espn/`,
    THE_ODDS_API_URL: `${source.url}/odds`,
  };
  const limits = { attempts: 1, attemptMs: 5_000 };
  const clock = { ...realClock, nowMs: now };
  const open = () => openFeeds({ env: { ...urls, ...env }, clock, random: seededRandom(1), folder, limits });
  const feeds = open();
  const get = async (input: FantasyInput, of = feeds) =>
    parse("fantasy.output", await getLeague(of, input, new AbortController().signal));
  return { source, folder, get, open };
}

test("season, trending players and games, each with source, address, time and age", async () => {
  const { source, get } = await stage();
  const output = await get({ sport: "nfl", sources: ["sleeper", "espn"] });
  expect(output).toEqual({
    sport: "nfl",
    askedAt: "2025-09-07T16:00:00.000Z",
    fantasy: {
      status: "ok",
      source: "Sleeper",
      unofficial: false,
      addresses: [
        `${source.url}/sleeper/state/nfl`,
        `${source.url}/sleeper/players/nfl/trending/add?lookback_hours=24&limit=25`,
        `${source.url}/sleeper/players/nfl/trending/drop?lookback_hours=24&limit=25`,
      ],
      retrievedAt: "2025-09-07T16:00:00.000Z",
      ageSeconds: 0,
      season: "2025",
      seasonType: "regular",
      week: 1,
      adds: [
        { playerId: "9509", count: 120_000, name: null, team: null },
        { playerId: "SEA", count: 7, name: null, team: null },
      ],
      drops: [{ playerId: "1", count: 3, name: null, team: null }],
    },
    games: {
      status: "ok",
      source: "ESPN",
      unofficial: true,
      addresses: [`${source.url}/espn/sports/football/nfl/scoreboard`],
      retrievedAt: "2025-09-07T16:00:00.000Z",
      ageSeconds: 12,
      games: [
        {
          eventId: "401",
          startTime: "2025-09-07T17:00:00.000Z",
          homeTeam: "Falcons",
          awayTeam: "Rams",
          state: "pre",
          detail: "Sun, September 7th",
          homeScore: null,
          awayScore: null,
          venue: "Dome",
        },
        {
          eventId: "402",
          startTime: "2025-09-05T00:20:00.000Z",
          homeTeam: "Lions",
          awayTeam: "Bears",
          state: "post",
          detail: "Final",
          homeScore: 24,
          awayScore: 17,
          venue: null,
        },
      ],
    },
  });
});

test("the key of the odds travels in the query and is in no answer", async () => {
  const { source, get } = await stage();
  const output = await get({ sport: "nfl", sources: ["odds"], markets: ["h2h", "totals"], regions: ["us", "eu"] });
  expect(output.odds).toMatchObject({ status: "ok", source: "The Odds API", events: [] });
  expect(JSON.stringify(output)).not.toContain("odds-key");
  expect(Object.fromEntries(source.asked[0]?.query ?? [])).toEqual({
    apiKey: "odds-key",
    regions: "us,eu",
    markets: "h2h,totals",
    oddsFormat: "decimal",
    dateFormat: "iso",
  });
});

test("a source that fails or has no key leaves its section empty and says why", async () => {
  const { source, get } = await stage({});
  source.on("/espn/sports/football/nfl/scoreboard", { status: 500, body: {} });
  const { fantasy, games, odds } = await get({ sport: "nfl" });
  const host = new URL(source.url).host;
  expect(fantasy).toMatchObject({ status: "ok", week: 1 });
  expect(games).toEqual({
    status: "failed",
    code: "feed.failed",
    reason: `[feed.failed] ${host} answered with status 500: {}`,
  });
  expect(odds).toEqual({
    status: "failed",
    code: "auth.missing",
    reason: "[auth.missing] Cannot reach The Odds API: THE_ODDS_API_KEY is not set",
  });
});

test("when nothing came the fault is the answer", async () => {
  const { get } = await stage({});
  await expect(get({ sport: "nfl", sources: ["odds"] })).rejects.toMatchObject({ code: "auth.missing" });
  await expect(get({ sport: "mlb", sources: ["sleeper", "espn"] })).rejects.toMatchObject({ code: "feed.failed" });
  expect(await get({ sport: "mlb", sources: ["sleeper"] })).toMatchObject({
    fantasy: { status: "not-offered", code: null, reason: "Sleeper does not cover the MLB" },
  });
});

test.each([
  ["another form", { ...answers.state, week: "1" }, 'is not as documented: week is "1" but must be integer'],
  ["a missing field", { week: 1, season: "2025" }, "is not as documented: season_type is missing"],
  ["another kind", [], "is not as documented: it is [] but must be object"],
])("%s of an answer is refused and names the field", async (_, body, problem) => {
  const { source, get } = await stage();
  source.on("/sleeper/state/nfl", { body });
  const refused = get({ sport: "nfl", sources: ["sleeper"] });
  await expect(refused).rejects.toMatchObject({ code: "feed.malformed" });
  await expect(refused).rejects.toThrow(problem);
});

test("a game without two sides or with a score that is none is refused", async () => {
  const { source, get, open } = await stage();
  const refuse = async (events: unknown, id: string) => {
    source.on("/espn/sports/football/nfl/scoreboard", { body: { events } });
    const problem = `is not as expected: event ${id} has no two sides with scores`;
    await expect(get({ sport: "nfl", sources: ["espn"] }, open())).rejects.toThrow(problem);
  };
  for (const score of ["", "x"]) {
    const { events } = structuredClone(answers.scoreboard);
    events[1]!.competitions[0]!.competitors[0]!.score = score;
    await refuse(events, "402");
  }
  const { events } = structuredClone(answers.scoreboard);
  events[0]!.competitions[0]!.competitors[0]!.homeAway = "away";
  await refuse(events, "401");
});

test("names of players come from a file that is asked for once a day", async () => {
  let now = answers.now;
  const { source, folder, get, open } = await stage(key, () => now);
  const ask = async (feeds = open()) => get({ sport: "nfl", sources: ["sleeper"], playerNames: true }, feeds);
  const times = (): number => source.asked.filter(({ path }) => path === "/sleeper/players/nfl").length;
  const first = await ask();
  expect(first.fantasy).toMatchObject({
    adds: [
      { playerId: "9509", name: "Bijan Robinson", team: "ATL" },
      { playerId: "SEA", name: "Seattle Seahawks", team: "SEA" },
    ],
    drops: [{ playerId: "1", name: null, team: null }],
    addresses: expect.arrayContaining([`${source.url}/sleeper/players/nfl`]),
  });
  now += 3_600_000;
  const second = await ask();
  expect([times(), second.fantasy]).toMatchObject([1, { ageSeconds: 3_600, retrievedAt: "2025-09-07T16:00:00.000Z" }]);
  now += 86_400_000;
  await ask();
  expect(times()).toBe(2);
  const [file = ""] = readdirSync(folder);
  expect(JSON.parse(readFileSync(join(folder, file), "utf8"))).toMatchObject({ version: 2, retrievedAtMs: now });
  writeFileSync(join(folder, file), "{");
  await ask();
  expect(times()).toBe(3);
});

test("what is no file of players is refused and not kept for a day; what caches added to its age is kept", async () => {
  let now = answers.now;
  const { source, folder, get } = await stage(key, () => now);
  const ask = async () => get({ sport: "nfl", sources: ["sleeper"], playerNames: true });
  for (const [reply, code] of [
    [{ status: 404, body: { error: "no such file" } }, "feed.failed"],
    [{ body: { error: "not today" } }, "feed.malformed"],
    [{ body: {} }, "feed.malformed"],
  ] as const) {
    source.on("/sleeper/players/nfl", reply);
    await expect(ask()).rejects.toMatchObject({ code });
    expect(readdirSync(folder)).toEqual([]);
  }
  source.on("/sleeper/players/nfl", { body: answers.players, headers: { age: "100" } });
  expect((await ask()).fantasy).toMatchObject({ ageSeconds: 100 });
  now += 60_000;
  expect((await ask()).fantasy).toMatchObject({ ageSeconds: 160 });
});

test("an address that would carry a key in clear is refused", async () => {
  const wrong = [
    "http://odds.example/v4",
    "ftp://127.0.0.1/",
    "https://u:p@odds.example",
    "https://odds.example/?k=1",
    "x",
  ];
  for (const THE_ODDS_API_URL of wrong) {
    const { get } = await stage({ ...key, THE_ODDS_API_URL });
    await expect(get({ sport: "nfl", sources: ["odds"] })).rejects.toThrow("Cannot use THE_ODDS_API_URL");
  }
});
