// What happened beside the samples: witnesses, servers, faults, meter readings. Reference "measurement" sections 2 and 8.
// Integers and strings only; `t` is ns from the run origin.
import type { Provenance } from "./types.ts";

export type EndpointClass = "loopback" | "private" | "public" | "none";

/** Proof that something was really there. `exchange`: the transport was seen; `process`: our own code ran in this process;
 * `child`: a process of ours ran and its start was read from the operating system. */
export interface WitnessRecord {
  readonly k: "wit";
  readonly i: number;
  readonly t: number;
  readonly id: string;
  readonly kind: "exchange" | "process" | "child";
  readonly target: "local" | "cloud";
  readonly provenance: Provenance;
  readonly endpoint: {
    readonly class: EndpointClass;
    readonly port: number;
    /** SHA-256 fingerprint of the TLS peer certificate; null without TLS. */
    readonly tlsFingerprint: string | null;
    /** Host name the certificate was valid for; null without TLS. */
    readonly tlsDomain: string | null;
  };
  /** Requests seen going out to that endpoint while the operation ran. */
  readonly exchanges: number;
  /** Why the operation cannot count as measured; empty when it can. */
  readonly problems: readonly string[];
  readonly sandboxId: string | null;
  /** The sandbox was in the server's own list. Null: not looked at. */
  readonly listed: boolean | null;
  /** ISO start time that the server gave. */
  readonly serverStartedAt: string | null;
  readonly nonce: string | null;
  readonly nonceEcho: string | null;
  readonly pid: number | null;
  /** Start time of that process in clock ticks since boot, read from the operating system. */
  readonly pidStart: string | null;
}

/** The server that the local target announced, in a process of its own or not. */
export interface ServerRecord {
  readonly k: "srv";
  readonly i: number;
  readonly t: number;
  readonly target: "local" | "cloud";
  /** Announced port of the local server; 0 for the cloud. */
  readonly port: number;
  /** Domain of the cloud; null for the local server. */
  readonly domain: string | null;
  readonly pid: number | null;
  readonly ownProcess: boolean;
}

/** One reading of the sandbox meter. */
export interface MeterRecord {
  readonly k: "meter";
  readonly i: number;
  readonly t: number;
  readonly metric: string;
  readonly sandboxId: string;
  readonly ns: number;
  readonly vcpu: number;
  readonly memMiB: number;
  readonly provenance: Provenance;
  readonly target: "local" | "cloud";
  readonly wit: string | null;
}

/** Anything else worth keeping: faults, retries, aborts, heartbeats, clock pairs. `data` holds integers and strings. */
export interface NoteRecord {
  readonly k: "note";
  readonly i: number;
  readonly t: number;
  readonly what:
    | "start"
    | "end"
    | "abort"
    | "fault"
    | "retry"
    | "heartbeat"
    | "clock"
    | "lifecycle"
    | "health"
    | "orphan";
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export type EventRecord = WitnessRecord | ServerRecord | MeterRecord | NoteRecord;
