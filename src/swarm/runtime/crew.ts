// What the record says about the agents of the swarm: who they are, and where they live.
import { isRecord, type Json } from "../../contracts/json.ts";
import type { Place } from "../../contracts/live-swarm.ts";
import { check } from "../../contracts/parse.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { RecordEntry } from "../core/effects.ts";

export interface Crew {
  readonly entries: readonly RecordEntry[];
  readonly places: ReadonlyMap<string, Place>;
}

/** An agent is known by its entry or by its place: whichever was durable when its leader died. Throws `memory.corrupt`. */
export async function readCrew(store: RecordStore, namespace: string): Promise<Crew> {
  const [agents, lived] = await Promise.all([store.list(namespace, "agents/"), store.list(namespace, "places/")]);
  const places = new Map(lived.map(({ key, value }) => [key.slice("places/".length), placeOf(key, value)]));
  const known = new Map<string, readonly string[]>([...places.keys()].map((agentId) => [agentId, []]));
  for (const { key, value } of agents) known.set(key.slice("agents/".length), capabilitiesOf(key, value));
  return {
    entries: [...known].map(([agentId, capabilities]) => ({ kind: "agent", agentId, capabilities })),
    places,
  };
}

function capabilitiesOf(key: string, value: Json): readonly string[] {
  if (isRecord(value) && Array.isArray(value.capabilities)) {
    return value.capabilities.filter((name) => typeof name === "string");
  }
  throw strange(key);
}

function placeOf(key: string, value: Json): Place {
  const place = check("live.place", value);
  if (place.ok) return place.value;
  throw strange(key);
}

function strange(key: string): SwarmError {
  return new SwarmError("memory.corrupt", `Cannot use ${key}: it is not what a coordinator writes`, {
    hint: "Use a namespace of its own for each swarm",
    details: { key },
  });
}
