// Sleeper: the season and the players that are added and dropped most. Read-only, without a key.
import type { FantasySection } from "../../contracts/operations/sports.ts";
import type { SleeperTrending } from "../../contracts/feeds.ts";
import { originOf } from "../origin.ts";
import type { Feeds } from "../open-feeds.ts";
import { readAnswer } from "../read-answer.ts";
import { readPlayers, type Players } from "./read-players.ts";

const freshMs = 60_000;
const hours = 24;
const most = 25;

export async function askSleeper(
  feeds: Feeds,
  sport: string,
  { playerNames, signal }: { readonly playerNames: boolean; readonly signal: AbortSignal },
): Promise<FantasySection> {
  const client = feeds.sleeper();
  const get = (path: string, query = {}) => client.get(path, query, { signal, freshMs });
  const query = { lookback_hours: hours, limit: most };
  const [players, ...answers] = await Promise.all([
    playerNames ? readPlayers(feeds, sport, signal) : null,
    get(`/state/${sport}`),
    get(`/players/${sport}/trending/add`, query),
    get(`/players/${sport}/trending/drop`, query),
  ]);
  const state = readAnswer("feed.sleeper-state", client, answers[0]);
  const named = (list: SleeperTrending): FantasySection["adds"] =>
    list.map(({ player_id: playerId, count }) => ({ playerId, count, ...whoIs(players, playerId) }));
  return {
    ...originOf("Sleeper", [...answers, ...(players === null ? [] : [players.answer])], feeds.clock),
    season: state.season,
    seasonType: state.season_type,
    week: state.week,
    adds: named(readAnswer("feed.sleeper-trending", client, answers[1])),
    drops: named(readAnswer("feed.sleeper-trending", client, answers[2])),
  };
}

function whoIs(players: Players | null, id: string): { readonly name: string | null; readonly team: string | null } {
  return players?.byId.get(id) ?? { name: null, team: null };
}
