// Sleeper's file of all players: several megabytes that it asks to be fetched at most once a day. What is kept is the name and
// the team of each, with the time of the answer; a kept file that is old or unreadable is fetched anew, never used.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { replaceFile } from "../../host/durable-file.ts";
import { malformed } from "../http/feed-faults.ts";
import type { Answer } from "../http/open-client.ts";
import type { Feeds } from "../open-feeds.ts";
import { bodyOf } from "../read-answer.ts";

const dayMs = 86_400_000;
const maxBytes = 64 * 1_048_576;
const maxPlayers = 50_000;
/** Of the file; 1 did not say how long the answer had been in caches. */
const version = 2;

interface Player {
  readonly name: string;
  readonly team: string | null;
}
export interface Players {
  readonly byId: ReadonlyMap<string, Player>;
  readonly answer: Answer;
}

/** Throws `feed.*`, `state.unwritable`. */
export async function readPlayers(feeds: Feeds, sport: string, signal: AbortSignal): Promise<Players> {
  const client = feeds.sleeper();
  const path = join(feeds.folder, `players-${sport}.json`);
  const before = readKept(path);
  const ageMs = before === null ? NaN : feeds.clock.nowMs() - before.answer.retrievedAtMs;
  const isFresh = ageMs >= 0 && ageMs < dayMs;
  if (before !== null && isFresh && new URL(before.answer.address).host === client.host) return before;
  const answer = await client.get(`/players/${sport}`, {}, { signal, maxBytes });
  const table = bodyOf(client, answer);
  if (!isRecord(table) || Object.keys(table).length > maxPlayers) {
    throw malformed(client.host, `is no table of at most ${maxPlayers} players`);
  }
  const byId = new Map(Object.entries(table).flatMap(([id, value]) => entryOf(id, value)));
  // It would stand for the truth a whole day.
  if (byId.size === 0) throw malformed(client.host, "names no player");
  const { address, retrievedAtMs, cachedSeconds } = answer;
  const file = { version, address, retrievedAtMs, cachedSeconds, players: Object.fromEntries(byId) };
  replaceFile(path, JSON.stringify(file));
  return { byId, answer };
}

function entryOf(id: string, value: unknown): readonly (readonly [string, Player])[] {
  if (!isRecord(value)) return [];
  const { full_name: full, first_name: first, last_name: last, team } = value;
  // Defences of a team have no full name.
  const name = typeof full === "string" ? full : [first, last].filter((part) => typeof part === "string").join(" ");
  return name === "" ? [] : [[id, { name, team: typeof team === "string" ? team : null }]];
}

function readKept(path: string): Players | null {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
  if (!isRecord(value) || value.version !== version || !isRecord(value.players)) return null;
  const { address, retrievedAtMs, cachedSeconds, players } = value;
  if (typeof address !== "string" || !URL.canParse(address)) return null;
  if (typeof retrievedAtMs !== "number" || typeof cachedSeconds !== "number") return null;
  const byId = new Map<string, Player>();
  for (const [id, player] of Object.entries(players)) {
    if (!isRecord(player) || typeof player.name !== "string") return null;
    byId.set(id, { name: player.name, team: typeof player.team === "string" ? player.team : null });
  }
  return { byId, answer: { status: 200, body: null, address, retrievedAtMs, cachedSeconds, clockAheadMs: null } };
}
