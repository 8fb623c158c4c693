// What viewers are told of a change of the record. Results of ordinary tasks and the swarm's own bookkeeping are no events.
import { isRecord, type Json } from "../../contracts/json.ts";
import { check, jsonSchema } from "../../contracts/parse.ts";
import type { Change } from "../../contracts/record-store.ts";
import { toWire } from "../wire-names.ts";

export interface SwarmEvent {
  readonly kind: "swarm" | "bulletin" | "execution" | "decision" | "place" | "cleared" | "gap";
  /** In wire names. */
  readonly data: unknown;
}

/** Of the list of swarms. */
export function listEvent(change: Change): SwarmEvent | null {
  if (change.kind === "clear") return { kind: "cleared", data: {} };
  const isHere = change.kind === "put";
  const swarmId = isHere ? change.entry.key : change.key;
  return { kind: "swarm", data: { swarm_id: swarmId, came: isHere } };
}

/** Of one swarm; null for what nobody looks at. */
export function swarmEvent(swarmId: string, change: Change): SwarmEvent | null {
  if (change.kind === "clear") return { kind: "cleared", data: { swarm_id: swarmId } };
  const key = change.kind === "put" ? change.entry.key : change.key;
  if (key.startsWith("places/")) {
    const data = { swarm_id: swarmId, agent_id: key.slice("places/".length), came: change.kind === "put" };
    return { kind: "place", data };
  }
  return change.kind === "put" ? written(swarmId, key, change.entry.value) : null;
}

function written(swarmId: string, key: string, value: Json): SwarmEvent | null {
  if (key === "bulletin") {
    const said = check("live.bulletin", value);
    if (!said.ok) return null;
    return { kind: "bulletin", data: { swarm_id: swarmId, ...wire("live.bulletin", said.value) } };
  }
  if (key.startsWith("executions/")) {
    const ran = check("live.execution", value);
    if (!ran.ok) return null;
    const id = { swarm_id: swarmId, execution_id: key.slice("executions/".length) };
    return { kind: "execution", data: { ...id, ...wire("live.execution", ran.value) } };
  }
  if (!key.startsWith("results/") || !isRecord(value) || value.outcome !== "decided") return null;
  const decided = check("decision", value.decision);
  if (!decided.ok) return null;
  const id = { swarm_id: swarmId, task_id: key.slice("results/".length) };
  return { kind: "decision", data: { ...id, ...wire("decision", decided.value) } };
}

function wire(schema: "live.bulletin" | "live.execution" | "decision", value: object): Record<string, unknown> {
  const named = toWire(jsonSchema(schema), value);
  return isRecord(named) ? named : {};
}
