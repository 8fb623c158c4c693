// The witness: watches what this process really sends and decides provenance and target. Law: measurement §2, "who
// decides": `undici:client:sendHeaders` carries the request and its socket, so a mock that opens no socket is never seen.
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { isRecord } from "../../src/contracts/json.ts";
import type { Env } from "../../src/host/env.ts";
import { identify } from "../../src/host/process-identity.ts";
import type { WitnessRecord } from "../claims/events.ts";
import type { Provenance } from "../claims/types.ts";
import { endpointOf, endpointProblem, noEndpoint, type Endpoint, type WatchedTarget } from "./endpoint.ts";
import { findInterference } from "./interference.ts";

/** What was seen while one operation ran. `recordWitness` turns it into a record. */
export interface Sighting {
  readonly kind: WitnessRecord["kind"];
  readonly target: "local" | "cloud";
  readonly provenance: Provenance;
  readonly endpoint: Endpoint;
  readonly exchanges: number;
  readonly problems: readonly string[];
  /** The operation ended in an error: without an exchange of its own it inherits the shard's last good witness. */
  readonly failed: boolean;
  readonly pid: number | null;
  readonly pidStart: string | null;
}

export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

export interface Watched<T> extends Sighting {
  readonly result: Settled<T>;
  readonly sighting: Sighting;
}

export interface Watch {
  /** Runs the operation and attributes to it every request sent on its behalf. Never throws for the operation. */
  readonly during: <T>(operation: () => Promise<T>, options?: { readonly sandboxId?: string }) => Promise<Watched<T>>;
  readonly close: () => void;
}

interface Operation {
  readonly sandboxId: string | null;
  readonly peers: Endpoint[];
}

/** Running operations one watch follows at a time; beyond it something leaks. */
export const mostOperations = 100_000;

/** Starts watching this process. One watch per process and target is enough; close it when done. */
export function openWitness(options: { readonly target: WatchedTarget; readonly env: Env }): Watch {
  const running = new AsyncLocalStorage<Operation>();
  const open = new Set<Operation>();
  const owners = new WeakMap<object, Operation>();
  const created = (message: unknown): void => {
    const request = isRecord(message) ? message["request"] : null;
    const owner = running.getStore();
    if (typeof request === "object" && request !== null && owner !== undefined) owners.set(request, owner);
  };
  const sent = (message: unknown): void => {
    if (!isRecord(message)) return;
    const request = message["request"];
    if (typeof request !== "object" || request === null) return;
    const owner = owners.get(request) ?? running.getStore() ?? ownerBySandbox(open, request, message["headers"]);
    owner?.peers.push(endpointOf(message["socket"]));
  };
  subscribe("undici:request:create", created);
  subscribe("undici:client:sendHeaders", sent);
  return {
    during: async (operation, { sandboxId } = {}) => {
      const own: Operation = { sandboxId: sandboxId ?? null, peers: [] };
      if (open.size < mostOperations) open.add(own);
      const result = await running.run(own, () => settle(operation));
      open.delete(own);
      const sighting = judge(own.peers, options.target, findInterference(options.env), !result.ok);
      return { ...sighting, result, sighting };
    },
    close: () => {
      unsubscribe("undici:request:create", created);
      unsubscribe("undici:client:sendHeaders", sent);
    },
  };
}

/** Provenance from peers: none seen is simulated, a wrong peer or a meddler is a problem that makes the record unfit. */
function judge(
  peers: readonly Endpoint[],
  target: WatchedTarget,
  meddlers: readonly string[],
  failed: boolean,
): Sighting {
  const wrong = peers.find((peer) => endpointProblem(peer, target) !== null);
  const problem = wrong === undefined ? null : endpointProblem(wrong, target);
  const problems = [...meddlers, ...(problem === null ? [] : [problem])];
  return {
    kind: "exchange",
    target: target.kind,
    provenance: peers.length > 0 && problems.length === 0 ? "measured" : "simulated",
    endpoint: wrong ?? peers[0] ?? noEndpoint,
    exchanges: peers.length,
    problems,
    failed,
    pid: null,
    pidStart: null,
  };
}

/** Witness of a micro-benchmark of our own functions in this process. Backs only claims whose subject is our own code. */
export function ownCodeSighting(failed = false): Sighting {
  return processSighting("process", process.pid, failed);
}

/** Witness of a program that we started: take it while the process lives. Its start time is read from the system. */
export function childSighting(pid: number, failed = false): Sighting {
  return processSighting("child", pid, failed);
}

function processSighting(kind: "process" | "child", pid: number, failed: boolean): Sighting {
  const identity = identify(pid);
  return {
    kind,
    target: "local",
    provenance: identity === null ? "simulated" : "measured",
    endpoint: noEndpoint,
    exchanges: 0,
    problems: [],
    failed,
    pid: identity === null ? null : pid,
    pidStart: identity?.startedAt ?? null,
  };
}

async function settle<T>(operation: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await operation() };
  } catch (error) {
    return { ok: false, error };
  }
}

/** A request that lost its context still names its sandbox, in the path, the host or a header. */
function ownerBySandbox(open: ReadonlySet<Operation>, request: object, headers: unknown): Operation | undefined {
  const text = `${String(Reflect.get(request, "origin"))} ${String(Reflect.get(request, "path"))} ${String(headers)}`;
  for (const operation of open) {
    if (operation.sandboxId !== null && text.includes(operation.sandboxId)) return operation;
  }
  return undefined;
}
