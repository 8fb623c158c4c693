// Puts a sighting into an events file, where the verifier finds it again, and hands back what a record may say because of
// it. A failed operation that reached nothing inherits the shard's last good witness: failures must not remove themselves.
import type { WitnessRecord } from "../claims/events.ts";
import type { EventRecorder } from "./recorder.ts";
import type { Sighting } from "./witness.ts";
import type { Witnessed } from "./witness-verdict.ts";

/** What the operation itself learnt about its subject; all optional, all checked against the server where given. */
export interface SubjectFacts {
  readonly sandboxId?: string;
  /** Was it in the server's own list? */
  readonly listed?: boolean;
  readonly serverStartedAt?: string;
  readonly nonce?: string;
  /** What the code inside the sandbox answered to the nonce. */
  readonly nonceEcho?: string;
}

const shards = new WeakMap<EventRecorder, { next: number; lastGood: Witnessed | null }>();

/** Writes `{k:"wit"}` and returns its id with the provenance and target it allows. */
export function recordWitness(events: EventRecorder, sighting: Sighting, facts: SubjectFacts = {}): Witnessed {
  const shard = shards.get(events) ?? { next: 0, lastGood: null };
  shards.set(events, shard);
  const silent = sighting.failed && sighting.exchanges === 0 && sighting.problems.length === 0;
  if (silent && shard.lastGood !== null) return shard.lastGood;
  const contradicted = facts.listed === false || (facts.nonce !== undefined && facts.nonceEcho === undefined);
  const provenance = contradicted && sighting.provenance === "measured" ? "simulated" : sighting.provenance;
  const witnessed: Witnessed = { id: `w-${events.shard}-${shard.next}`, provenance, target: sighting.target };
  shard.next += 1;
  events.append({
    k: "wit",
    id: witnessed.id,
    kind: sighting.kind,
    target: sighting.target,
    provenance,
    endpoint: sighting.endpoint,
    exchanges: sighting.exchanges,
    problems: sighting.problems,
    pid: sighting.pid,
    pidStart: sighting.pidStart,
    ...subjectFields(facts),
  });
  if (provenance === "measured" && sighting.kind === "exchange") shard.lastGood = witnessed;
  return witnessed;
}

function subjectFields(
  facts: SubjectFacts,
): Pick<WitnessRecord, "sandboxId" | "listed" | "serverStartedAt" | "nonce" | "nonceEcho"> {
  return {
    sandboxId: facts.sandboxId ?? null,
    listed: facts.listed ?? null,
    serverStartedAt: facts.serverStartedAt ?? null,
    nonce: facts.nonce ?? null,
    nonceEcho: facts.nonceEcho ?? null,
  };
}
