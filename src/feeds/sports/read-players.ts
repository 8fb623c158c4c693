// Sleeper's file of all players: several megabytes that it asks to be fetched at most once a day. What is kept is the name and
// the team of each, with the time of the answer; a kept file that is old or unreadable is fetched anew, never used.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { replaceFile } from "../../host/durable-file.ts";
import { malformed } from "../http/feed-faults.ts";
import type { Answer } from "../http/open-client.ts";
import type { Feeds } from "../open-feeds.ts";

const dayMs = 86_400_000;
const maxBytes = 64 * 1_048_576;
const maxPlayers = 50_000;

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
  const kept = readKept(path);
  const ageMs = kept === null ? NaN : feeds.clock.nowMs() - kept.answer.retrievedAtMs;
  if (kept !== null && ageMs >= 0 && ageMs < dayMs && new URL(kept.answer.address).host === client.host) return kept;
  const answer = await client.get(`/players/${sport}`, {}, { signal, maxBytes });
  if (!isRecord(answer.body) || Object.keys(answer.body).length > maxPlayers) {
    throw malformed(client.host, `is no table of at most ${maxPlayers} players`);
  }
  const byId = new Map(Object.entries(answer.body).flatMap(([id, value]) => entryOf(id, value)));
  const { address, retrievedAtMs } = answer;
  replaceFile(path, JSON.stringify({ version: 1, address, retrievedAtMs, players: Object.fromEntries(byId) }));
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
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.players)) return null;
  const { address, retrievedAtMs, players } = value;
  if (typeof address !== "string" || !URL.canParse(address) || typeof retrievedAtMs !== "number") return null;
  const byId = new Map<string, Player>();
  for (const [id, player] of Object.entries(players)) {
    if (!isRecord(player) || typeof player.name !== "string") return null;
    byId.set(id, { name: player.name, team: typeof player.team === "string" ? player.team : null });
  }
  return { byId, answer: { status: 200, body: null, address, retrievedAtMs, cachedSeconds: 0, clockAheadMs: null } };
}
