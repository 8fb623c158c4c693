// Steps over leases. A token belongs to one uninterrupted tenure; the next tenure has a higher one, for ever.
import type { LeaseAnswer, LeaseState } from "../../contracts/record-lease.ts";
import type { WriteOptions } from "../../contracts/record-write.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { integer, text, type Row } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export type FenceRef = { readonly namespace: string; readonly lease: string; readonly token: number };

/** The fence a write names, with its namespace filled in. */
export function fenceOf(namespace: string, { fence }: WriteOptions): FenceRef | null {
  return fence === undefined ? null : { namespace, ...fence };
}

export type LeaseAt = { readonly namespace: string; readonly name: string };

export function* acquireLease(at: LeaseAt, ask: { holder: string; ttlMs: number }, nowMs: number): Step<LeaseAnswer> {
  const row = yield* rowOf("findLease", at.namespace, at.name);
  const present = tenure(row, nowMs);
  if (present !== null && present.holder !== ask.holder) return { outcome: "busy", lease: present };
  if (row === null) yield* rowsOf("openNamespace", at.namespace);
  const token = present?.token ?? (row === null ? 0 : integer(row, "token")) + 1;
  return yield* hold(at, { name: at.name, holder: ask.holder, token, ttlMs: ask.ttlMs }, nowMs);
}

export function* renewLease(at: LeaseAt, ask: { token: number; ttlMs: number }, nowMs: number): Step<LeaseAnswer> {
  const present = tenure(yield* rowOf("findLease", at.namespace, at.name), nowMs);
  if (present?.token !== ask.token) return { outcome: "lost" };
  return yield* hold(at, { ...present, ttlMs: ask.ttlMs }, nowMs);
}

export function* releaseLease(at: LeaseAt, token: number, nowMs: number): Step<boolean> {
  const present = tenure(yield* rowOf("findLease", at.namespace, at.name), nowMs);
  if (present?.token !== token) return false;
  yield* rowsOf("setLease", at.namespace, at.name, present.holder, token, nowMs, 0);
  return true;
}

export function* readLease(at: LeaseAt): Step<LeaseState | null> {
  const row = yield* rowOf("findLease", at.namespace, at.name);
  return row === null ? null : tenure(row, integer(row, "now_ms"));
}

/** Throws `memory.fenced` unless the tenure is the present one. In its transaction nobody else can begin a tenure. */
export function* checkFence(fence: FenceRef | null, nowMs: number): Step<void> {
  if (fence === null) return;
  const { namespace, lease, token } = fence;
  const present = tenure(yield* rowOf("shareLease", namespace, lease), nowMs);
  if (present?.token === token) return;
  const state = present === null ? "nobody holds it" : `token ${present.token} holds it`;
  throw new SwarmError("memory.fenced", `Cannot write under token ${token} of lease ${namespace}/${lease}: ${state}`, {
    hint: "Stop acting as its holder; acquire the lease again to go on",
    details: { namespace, lease, token, presentToken: present?.token ?? null },
  });
}

function* hold(
  { namespace, name }: LeaseAt,
  { holder, token, ttlMs }: { name: string; holder: string; token: number; ttlMs: number },
  nowMs: number,
): Step<LeaseAnswer> {
  const expiresAtMs = nowMs + ttlMs;
  yield* rowsOf("setLease", namespace, name, holder, token, expiresAtMs, 1);
  return { outcome: "held", lease: { name, holder, token, expiresAtMs, remainingMs: ttlMs } };
}

function tenure(row: Row | null, nowMs: number): LeaseState | null {
  if (row === null || integer(row, "held") !== 1) return null;
  const expiresAtMs = integer(row, "expires_at_ms");
  if (expiresAtMs <= nowMs) return null;
  const remainingMs = expiresAtMs - nowMs;
  return {
    name: text(row, "name"),
    holder: text(row, "holder"),
    token: integer(row, "token"),
    expiresAtMs,
    remainingMs,
  };
}
