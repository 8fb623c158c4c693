// What a record may say about its origin, re-derived from the witnesses in the events files. Law: measurement §2: no field
// of a record can raise its provenance; a record that contradicts its own witness makes the claim INVALID.
import type { EventRecord, WitnessRecord } from "../claims/events.ts";
import type { EventsFile } from "../claims/bundle.ts";
import type { PlannedClaim, Provenance } from "../claims/types.ts";
import { weaker } from "./statistics/provenance.ts";

export interface Witnesses {
  readonly byId: ReadonlyMap<string, WitnessRecord>;
  /** Ports that a local server announced. */
  readonly ports: ReadonlySet<number>;
}

export function collectWitnesses(files: readonly EventsFile[]): Witnesses {
  const byId = new Map<string, WitnessRecord>();
  const ports = new Set<number>();
  for (const event of files.flatMap<EventRecord>((file) => file.events)) {
    if (event.k === "wit") byId.set(event.id, event);
    if (event.k === "srv" && event.target === "local") ports.add(event.port);
  }
  return { byId, ports };
}

export type RecordOrigin =
  | { readonly ok: true; readonly provenance: Provenance; readonly target: "local" | "cloud" }
  | { readonly ok: false; readonly problem: string };

interface Stamped {
  readonly provenance: Provenance;
  readonly target: "local" | "cloud";
  readonly wit: string | null;
}

/** Problems carry no figures: they are printed as they are. */
export function originOfRecord(record: Stamped, witnesses: Witnesses, claim: PlannedClaim): RecordOrigin {
  if (record.wit === null) {
    const provenance = weaker(record.provenance, "simulated");
    return { ok: true, provenance, target: record.target };
  }
  const witness = witnesses.byId.get(record.wit);
  if (witness === undefined) return { ok: false, problem: "A record names a witness that no events file holds." };
  if (witness.target !== record.target) {
    return { ok: false, problem: "A record names another target than its witness saw." };
  }
  if (witness.provenance !== record.provenance) {
    return { ok: false, problem: "A record names another provenance than its witness allows." };
  }
  if (record.provenance !== "measured") return { ok: true, provenance: record.provenance, target: record.target };
  const problem = contradiction(witness, witnesses.ports);
  if (problem !== null) return { ok: false, problem };
  const provenance = backs(witness, claim) ? "measured" : "simulated";
  return { ok: true, provenance, target: record.target };
}

/** Why a witness that says `measured` contradicts itself. */
function contradiction(witness: WitnessRecord, ports: ReadonlySet<number>): string | null {
  if (witness.problems.length > 0) return "A witness calls itself measured although it names a problem.";
  if (witness.kind !== "exchange") return witness.pid === null ? "A process witness names no process." : null;
  if (witness.exchanges < 1) return "A witness calls itself measured without any exchange.";
  if (witness.listed === false) return "The sandbox of a witness was not in the server's list.";
  if (witness.target === "local") {
    const peer = witness.endpoint.class === "loopback" && ports.has(witness.endpoint.port);
    return peer ? null : "The peer of a witness is not the local server that was announced.";
  }
  const tls = witness.endpoint.class === "public" && witness.endpoint.tlsFingerprint !== null;
  return tls ? null : "The peer of a witness is not the cloud.";
}

/** A process witness backs only what it can see: our own code, or for a child also what our programs do. */
function backs(witness: WitnessRecord, claim: PlannedClaim): boolean {
  switch (witness.kind) {
    case "exchange":
      return true;
    case "process":
      return claim.subject === "own-code";
    case "child":
      return claim.subject === "own-code" || claim.kind === "logic" || claim.kind === "safety";
    default:
      return witness.kind satisfies never;
  }
}
