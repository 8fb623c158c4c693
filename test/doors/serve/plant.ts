// A record with live swarms in it as coordinators and operations leave them, and a server over it on loopback.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBackend } from "../../../src/backend/compose.ts";
import { enlist } from "../../../src/backend/live/list-of-swarms.ts";
import { asJson } from "../../../src/backend/live/live-swarm.ts";
import type { OpenedBackend } from "../../../src/backend/backend.ts";
import type { Bulletin, SwarmConfig } from "../../../src/contracts/live-swarm.ts";
import type { RecordStore } from "../../../src/contracts/record-store.ts";
import { openAudit } from "../../../src/doors/serve/audit.ts";
import { openServe, type ServeOptions } from "../../../src/doors/serve/server.ts";
import type { DoorBackend } from "../../../src/doors/door-backend.ts";
import { openAccessTokens } from "../../../src/doors/mcp/http/access-tokens.ts";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { openSqliteStore } from "../../../src/memory/sqlite-store.ts";
import { leaseName } from "../../../src/swarm/runtime/coordinate.ts";
import { changeWanted } from "../../../src/swarm/runtime/wanted.ts";

export const swarmA = `swarm_${"a".repeat(16)}`;
export const swarmB = `swarm_${"b".repeat(16)}`;
const writer = "test";
const post = (n: number) => ({ postId: `post-${n}`, role: "momentum" as const, symbols: ["AAPL"], params: {} });

export interface Planted {
  readonly folder: string;
  readonly store: RecordStore;
  readonly backend: OpenedBackend;
  remove(): Promise<void>;
}

export async function plantRecord(): Promise<Planted> {
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-serve-"));
  const store = await openSqliteStore({ path: join(folder, ".swarm/record.sqlite"), clock: realClock });
  const backend = await openBackend({ folder, target: "local" }, { HOME: folder });
  return {
    folder,
    store,
    backend,
    async remove() {
      await backend.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface SwarmFacts {
  readonly agents?: number;
  readonly led?: boolean;
  readonly topology?: SwarmConfig["topology"];
}

export async function plantSwarm(store: RecordStore, swarmId: string, facts: SwarmFacts = {}): Promise<void> {
  const { agents = 3, led = true, topology = "star" } = facts;
  const createdMs = realClock.nowMs() - 600_000;
  const config: SwarmConfig = {
    swarmId,
    topology,
    maxAgents: 10,
    strategy: "balanced",
    autoScale: false,
    coordinators: 2,
    createdMs,
  };
  const posts = Array.from({ length: agents }, (_, n) => post(n));
  await changeWanted(store, swarmId, writer, (wish) => ({ ...wish, min: agents, max: agents, posts }));
  await store.put(swarmId, "config", asJson(config), { writer, ttlSeconds: null });
  await enlist(store, config, writer);
  for (let n = 0; n < agents; n += 1) await comes(store, swarmId, n);
  if (!led) return;
  await store.lease(swarmId, leaseName).acquire({ holder: "c1", ttlMs: 60_000 });
  await say(store, swarmId, agents);
  for (let ago = 5; ago > 0; ago -= 1) {
    const atMs = Math.floor(realClock.nowMs() / 60_000 - ago) * 60_000;
    const minute = { atMs, done: 10 * ago, dead: 1, expired: 2, votes: 1, sumMs: 400, leastMs: 2, mostMs: 90 };
    await store.put(
      swarmId,
      `minutes/${atMs}-1`,
      { ...minute, buckets: { "30": 10 * ago + 2 } },
      { writer, ttlSeconds: null },
    );
  }
}

export async function comes(store: RecordStore, swarmId: string, n: number): Promise<void> {
  const sinceMs = realClock.nowMs() - 300_000 + n;
  const place = { sandboxId: `sbx-${n}`, processId: 7, publicKey: "key", post: post(n), sinceMs };
  await store.put(swarmId, `places/agent-1-${n}`, place, { writer, ttlSeconds: null });
}

export async function goes(store: RecordStore, swarmId: string, n: number): Promise<void> {
  await store.delete(swarmId, `places/agent-1-${n}`, { writer });
}

export async function say(store: RecordStore, swarmId: string, agents: number, openTasks = 4): Promise<void> {
  const row = { completed: 12, failed: 1, latencyMs: 8.5, silentMs: 80 };
  const bulletin: Bulletin = {
    atMs: realClock.nowMs(),
    leader: "c1:1",
    epoch: 1,
    ledSinceMs: realClock.nowMs() - 60_000,
    wanted: agents,
    openTasks,
    agents: Array.from({ length: agents }, (_, n) => ({
      agentId: `agent-1-${n}`,
      status: n === 0 ? ("busy" as const) : ("ready" as const),
      open: n === 0 ? 1 : 0,
      ...row,
    })),
    tally: { done: 9, dead: 1, expired: 2, fenced: 0, votes: 1, agreed: 1, detected: 3, recovered: 2, escalated: 1 },
  };
  await store.put(swarmId, "bulletin", asJson(bulletin), { writer, ttlSeconds: 60 });
}

/** A vote that was decided; `symbol` may be anything, also markup. */
export async function decides(store: RecordStore, swarmId: string, taskId: string, symbol = "AAPL"): Promise<void> {
  const inputsSha256 = createHash("sha256").update(symbol).digest("hex");
  const member = { agentId: "agent-1-0", role: "momentum", weightPpm: 1_000_000, publicKey: "key" };
  const ballot = {
    agentId: "agent-1-0",
    round: taskId,
    vote: "buy",
    convictionPpm: 500_000,
    inputsSha256,
    signature: "s",
  };
  const decision = {
    round: taskId,
    symbol,
    action: "buy",
    reason: "agreed",
    consensusLevelPpm: 1_000_000,
    convictionPpm: 500_000,
    assignedWeightPpm: 1_000_000,
    votedWeightPpm: 1_000_000,
    rule: { quorum: { num: 2, den: 3 }, threshold: { num: 1, den: 2 }, deadbandPpm: 0 },
    members: [member],
    ballots: [ballot],
    rejected: [],
  };
  await store.put(
    swarmId,
    `results/${taskId}`,
    { outcome: "decided", decision, answers: [] },
    { writer, ttlSeconds: null },
  );
}

export interface Served {
  readonly origin: string;
  close(): Promise<void>;
}

export async function serve(
  { backend, folder }: Planted,
  more: Partial<ServeOptions> & { token?: string; file?: string; door?: DoorBackend } = {},
): Promise<Served> {
  const { token, file, door = backend, ...options } = more;
  const tokens = openAccessTokens({ token, file }, realClock);
  const address = { host: "127.0.0.1", port: 0, names: [], only: null, perMinute: 100_000, tokens };
  return openServe(
    { ...address, ...options },
    {
      backend: door,
      observatory: await backend.observe(),
      audit: openAudit(folder, realClock),
      clock: realClock,
      random: systemRandom,
      log: silentLog,
    },
  );
}

export interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** Reads a stream of events until `enough`, then leaves. */
export async function listen(
  url: string,
  enough: (told: readonly Told[]) => boolean,
  headers: Readonly<Record<string, string>> = {},
  ready: () => void = () => undefined,
): Promise<readonly Told[]> {
  const leave = new AbortController();
  const response = await fetch(url, { headers, signal: leave.signal });
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status} ${await response.text()}`);
  const told: Told[] = [];
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const field = (name: string): string =>
        block
          .split("\n")
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2) ?? "";
      if (field("event") !== "") told.push({ id: field("id"), event: field("event"), data: JSON.parse(field("data")) });
    }
    if (told.length > 0) ready();
    if (enough(told)) break;
  }
  leave.abort();
  return told;
}
