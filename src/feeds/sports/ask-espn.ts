// ESPN's scoreboard. ESPN documents none of this: the form is checked and the section says unofficial.
import type { EspnScoreboard } from "../../contracts/feeds.ts";
import type { GamesSection } from "../../contracts/operations/sports.ts";
import { malformed } from "../http/feed-faults.ts";
import type { Feeds } from "../open-feeds.ts";
import { originOf } from "../origin.ts";
import { readAnswer } from "../read-answer.ts";

const freshMs = 30_000;
type Event = EspnScoreboard["events"][number];
type Game = GamesSection["games"][number];

export async function askEspn(feeds: Feeds, league: string, signal: AbortSignal): Promise<GamesSection> {
  const client = feeds.espn();
  const answer = await client.get(`/sports/${league}/scoreboard`, {}, { signal, freshMs });
  const { events } = readAnswer("feed.espn-scoreboard", client, answer);
  const games = events.map((event) => gameOf(event) ?? fail(client.host, event.id));
  return { ...originOf("ESPN", [answer], feeds.clock, true), games };
}

function gameOf({ id, date, status, competitions }: Event): Game | null {
  const [competition] = competitions;
  const home = competition?.competitors.find(({ homeAway }) => homeAway === "home");
  const away = competition?.competitors.find(({ homeAway }) => homeAway === "away");
  const startMs = Date.parse(date);
  if (home === undefined || away === undefined || Number.isNaN(startMs)) return null;
  const { state, detail } = status.type;
  const [homeScore, awayScore] = [home.score, away.score].map((text) => scoreOf(text, state));
  if (homeScore === undefined || awayScore === undefined) return null;
  return {
    eventId: id,
    startTime: new Date(startMs).toISOString(),
    homeTeam: home.team.displayName,
    awayTeam: away.team.displayName,
    state,
    detail: detail ?? null,
    homeScore,
    awayScore,
    venue: competition?.venue?.fullName ?? null,
  };
}

/** ESPN writes "0" before the start; undefined for what is no number. */
function scoreOf(text: string | null | undefined, state: Game["state"]): number | null | undefined {
  if (state === "pre" || text === null || text === undefined) return null;
  const score = Number(text);
  return text.trim() !== "" && Number.isFinite(score) ? score : undefined;
}

function fail(host: string, id: string): never {
  throw malformed(host, `is not as expected: event ${id.slice(0, 40)} has no two sides with scores`);
}
