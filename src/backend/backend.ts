// What a door holds: a way to call any operation, and to close whatever the calls opened.
import type { OperationContext } from "../contracts/operation.ts";
import type { SchemaValue } from "../contracts/schemas.ts";
import type { MeterReading } from "../contracts/sandbox.ts";
import type { TargetLabel } from "../contracts/target.ts";
import type { Crew } from "./crew.ts";
import type { CoordinatorOptions } from "./coordinator/run-coordinator.ts";
import type { Observatory } from "./live/observatory.ts";
import type { SwarmSession } from "./swarm-session.ts";
import type { OperationName, OperationRow } from "./operations/table.ts";

export type OperationInput<Name extends OperationName> = SchemaValue<Extract<OperationRow, { name: Name }>["input"]>;
export type OperationOutput<Name extends OperationName> = SchemaValue<Extract<OperationRow, { name: Name }>["output"]>;

export interface Backend {
  /** Which target the calls go to; known without contacting it. `isolation` is what was asked for. */
  readonly label: TargetLabel;
  /** Checks the input against the operation's schema, runs it, checks the output. Throws SwarmError. */
  call<Name extends OperationName>(
    name: Name,
    input: unknown,
    context?: Partial<OperationContext>,
  ): Promise<OperationOutput<Name>>;
  /** Closes connections and stores; sandboxes the user asked for stay. Safe to call twice. */
  close(): Promise<void>;
}

/** What the suites and the benchmark hold: the same backend with its meter and its swarm within reach. */
export interface OpenedBackend extends Backend {
  /** What the sandboxes made through this backend have used until now. */
  meters(): readonly MeterReading[];
  /** The reference swarm as a session of any number of rounds; close it. */
  openSwarm(namespace: string): Promise<SwarmSession>;
  /** The reference swarm one agent at a time, in sandboxes of the caller's. */
  openCrew(namespace: string): Promise<Crew>;
  /** Looks on at the live swarms of this record; changes nothing. */
  observe(): Promise<Observatory>;
  /** Coordinates a live swarm over this folder's record until the signal aborts; any number of processes may stand by. */
  coordinate(options: CoordinatorOptions, signal: AbortSignal): Promise<void>;
}

/** Where and on what to run; every field has a default from the environment. */
export interface BackendOptions {
  /** `local` unless E2B_SWARM_TARGET=cloud. A cloud target needs E2B_API_KEY. */
  readonly target?: "local" | "cloud";
  /** `bwrap` unless E2B_SWARM_ISOLATION says otherwise. Never falls back silently. */
  readonly isolation?: "bwrap" | "gvisor" | "none";
  /** Folder for `.swarm/` (state, record, log); default E2B_SWARM_STATE or the working directory. */
  readonly folder?: string;
}
