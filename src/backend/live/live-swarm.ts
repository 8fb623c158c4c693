// One live swarm as the record knows it: how it was set up, what is wanted of it, who is there, what its leader last said.
import { hostname } from "node:os";
import type { LiveAgent } from "../../contracts/operations/live.ts";
import type { Json } from "../../contracts/json.ts";
import type { Bulletin, Place, Presence, SwarmConfig, Wanted } from "../../contracts/live-swarm.ts";
import { check, parse } from "../../contracts/parse.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { isAlive } from "../../host/process-identity.ts";
import { bulletinKey } from "../../swarm/runtime/bulletin.ts";
import { leaseName } from "../../swarm/runtime/coordinate.ts";
import { presentOnes } from "../../swarm/runtime/presence.ts";
import { nothingWanted, wantedOf } from "../../swarm/runtime/wanted.ts";
import type { Parts } from "../parts.ts";

export const configKey = "config";

export interface LiveSwarm {
  readonly store: RecordStore;
  /** Id and namespace. */
  readonly swarmId: string;
  readonly config: SwarmConfig;
}

/** Throws `swarm.not-found`, `memory.corrupt`. */
export async function findSwarm(parts: Parts, swarmId: string): Promise<LiveSwarm> {
  const store = await parts.store();
  const entry = await store.get(swarmId, configKey);
  if (entry === null) {
    throw new SwarmError("swarm.not-found", `Cannot find swarm ${swarmId}: this record knows none of that id`, {
      hint: "Run it in the folder, or with the E2B_SWARM_RECORD, in which the swarm was started",
      details: { swarmId },
    });
  }
  return { store, swarmId, config: parse("live.config", entry.value, "memory.corrupt") };
}

/** What is wanted of it now. */
export async function wishOf({ store, swarmId }: LiveSwarm): Promise<Wanted> {
  return (await wantedOf(store, swarmId)) ?? nothingWanted;
}

export function hasEnded({ ended, untilMs }: Wanted, nowMs: number): boolean {
  return ended || (untilMs !== null && nowMs >= untilMs);
}

/** How long it has lived, or had lived when it ended, ms; from `sinceMs` on when that is later than its beginning. */
export function livedMs({ createdMs }: SwarmConfig, { untilMs }: Wanted, nowMs: number, sinceMs = createdMs): number {
  return Math.max(0, Math.min(nowMs, untilMs ?? nowMs) - Math.max(createdMs, sinceMs));
}

/** Throws `swarm.ended` when it takes nothing more. */
export async function refuseEnded(parts: Parts, swarm: LiveSwarm): Promise<void> {
  if (!hasEnded(await wishOf(swarm), parts.clock.nowMs())) return;
  throw new SwarmError("swarm.ended", `Cannot use swarm ${swarm.swarmId}: it has ended, or is about to`, {
    hint: "Start another one: e2b-swarm swarm init",
    details: { swarmId: swarm.swarmId },
  });
}

/** The place of every agent that is there, by its id. */
export async function placesOf({ store, swarmId }: LiveSwarm): Promise<ReadonlyMap<string, Place>> {
  const entries = await store.list(swarmId, "places/");
  return new Map(
    entries.map(({ key, value }) => [key.slice("places/".length), parse("live.place", value, "memory.corrupt")]),
  );
}

/** The leader's last word; null when there is none or nobody leads. */
export async function bulletinOf({ store, swarmId }: LiveSwarm): Promise<Bulletin | null> {
  const [entry, lease] = await Promise.all([store.get(swarmId, bulletinKey), store.lease(swarmId, leaseName).read()]);
  if (entry === null || lease === null) return null;
  const said = check("live.bulletin", entry.value);
  return said.ok ? said.value : null;
}

/** Its coordinators; those that this machine knows to be dead are left out. */
export async function coordinatorsOf({ store, swarmId }: LiveSwarm): Promise<readonly Presence[]> {
  return (await presentOnes(store, swarmId)).filter((one) => !isHere(one) || isAlive(one));
}

/** True for a process of this machine. */
export function isHere({ host }: Presence): boolean {
  return host === hostname();
}

/** Agents with a place, in order of deployment; what the leader has not said of one yet is nothing. */
export function agentRows(places: ReadonlyMap<string, Place>, bulletin: Bulletin | null): LiveAgent[] {
  const reports = new Map(bulletin?.agents.map((report) => [report.agentId, report]));
  const rows = [...places].map(([agentId, { post, sandboxId, sinceMs }]): LiveAgent => {
    const report = reports.get(agentId);
    const ended = (report?.completed ?? 0) + (report?.failed ?? 0);
    return {
      agentId,
      agentType: post.role,
      status: report?.status ?? (bulletin === null ? "offline" : "initializing"),
      symbols: [...post.symbols],
      sandboxId,
      deployedAt: new Date(sinceMs).toISOString(),
      openTasks: report?.open ?? 0,
      completedTasks: report?.completed ?? 0,
      failedTasks: report?.failed ?? 0,
      latencyMs: report === undefined || ended === 0 ? null : report.latencyMs,
      silentMs: report?.silentMs ?? 0,
    };
  });
  return rows.toSorted((a, b) => a.deployedAt.localeCompare(b.deployedAt) || a.agentId.localeCompare(b.agentId));
}

/** Agents wanted now: what people say, and within their bounds what the load asked for. */
function wantedAgents({ min, max }: Wanted, bulletin: Bulletin | null): number {
  return Math.min(max, Math.max(min, bulletin?.wanted ?? min));
}

export function isServing({ status }: Pick<LiveAgent, "status">): boolean {
  return status === "ready" || status === "busy";
}

/** How the swarm is at this moment. */
export interface Glance {
  readonly nowMs: number;
  readonly wanted: Wanted;
  /** Null when nobody leads. */
  readonly bulletin: Bulletin | null;
  readonly agents: readonly LiveAgent[];
  /** Agents that take work, and agents that should. */
  readonly serving: number;
  readonly due: number;
}

export async function glanceAt(parts: Parts, swarm: LiveSwarm): Promise<Glance> {
  const [wanted, places, bulletin] = await Promise.all([wishOf(swarm), placesOf(swarm), bulletinOf(swarm)]);
  const agents = agentRows(places, bulletin);
  const serving = agents.filter(isServing).length;
  return { nowMs: parts.clock.nowMs(), wanted, bulletin, agents, serving, due: wantedAgents(wanted, bulletin) };
}

export type SwarmState = "active" | "degraded" | "stopped";

/** stopped: it has ended, or nobody leads; degraded: fewer agents take work than should. */
export function stateOf({ wanted, bulletin, nowMs, serving, due }: Glance): SwarmState {
  if (hasEnded(wanted, nowMs) || bulletin === null) return "stopped";
  return serving < due ? "degraded" : "active";
}

/** The agent's row. Throws `agent.not-found`. */
export async function agentRow(swarm: LiveSwarm, agentId: string): Promise<LiveAgent> {
  const [places, bulletin] = await Promise.all([placesOf(swarm), bulletinOf(swarm)]);
  const row = agentRows(places, bulletin).find((one) => one.agentId === agentId);
  if (row !== undefined) return row;
  throw new SwarmError("agent.not-found", `Cannot find agent ${agentId}: swarm ${swarm.swarmId} has none of that id`, {
    hint: `See them: e2b-swarm swarm agents ${swarm.swarmId}`,
    details: { swarmId: swarm.swarmId, agentId },
  });
}

/** A value as the record takes it. */
export function asJson(value: object): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}
