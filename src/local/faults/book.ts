// The book of faults: what was planned, which calls met it, what came of them. Pure bookkeeping on the monotonic clock; the
// first armed record that fits a call hits it, so a list of plans is a script: first 429, then 503, then nothing.
import type { FaultHit, FaultPlan, FaultRecord } from "../../contracts/fault-plan.ts";
import { seededRandom, type Random } from "../../host/random.ts";
import type { Clock } from "../../host/clock.ts";
import { fits, needsSandbox } from "./fits.ts";
import type { FaultCall } from "./fault-call.ts";
import { faultLimits } from "./fault-limits.ts";

export interface Entry {
  readonly id: string;
  readonly origin: FaultRecord["origin"];
  readonly plan: FaultPlan;
  readonly plannedAt: string;
  readonly armsAtNs: bigint;
  readonly draws: Random;
  expiresAtNs: bigint;
  matched: number;
  attempted: number;
  observed: number;
  remaining: number;
  effect: FaultHit["effect"];
  readonly hits: Hit[];
  /** Ends what the fault still does to a sandbox. */
  readonly undo: (() => void)[];
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
type Hit = Mutable<FaultHit>;

/** One attempt on one call. Its effect is known at the latest when the call is over. */
export interface Attempt {
  readonly entry: Entry;
  settle(effect: FaultHit["effect"], answerBytes?: number): void;
  /** The fault did to the call what was planned. */
  observe(note: string): void;
  /** It could not; says why. */
  fail(note: string): void;
}

export interface Book {
  /** Null when the book is full of faults that are not over. */
  add(plan: FaultPlan, origin: Entry["origin"]): Entry | null;
  /** The record that hits this call, already counted; null for none. */
  meet(call: FaultCall): Attempt | null;
  /** The same for one record and a call it is known to be about: sentinels, and what is to happen now. */
  hit(entry: Entry, call: CallFacts): Attempt | null;
  get(id: string): Entry | undefined;
  all(): readonly Entry[];
  /** Over from here on; what it does to a sandbox is undone. */
  end(entry: Entry): void;
  show(entry: Entry): FaultRecord;
  isOver(entry: Entry): boolean;
}

export type CallFacts = Pick<FaultCall, "method" | "path" | "sandboxId">;

export function createBook(clock: Clock): Book {
  const entries: Entry[] = [];
  let made = 0;
  const isOver = (entry: Entry): boolean => entry.remaining === 0 || clock.monotonicNs() >= entry.expiresAtNs;
  const add: Book["add"] = (plan, origin) => {
    if (entries.length >= faultLimits.records) {
      const over = entries.findIndex((entry) => isOver(entry));
      if (over === -1) return null;
      entries.splice(over, 1);
    }
    const entry = makeEntry(`fault-${++made}`, plan, origin, clock);
    entries.push(entry);
    return entry;
  };
  const hit: Book["hit"] = (entry, call) => {
    entry.matched++;
    if (entry.matched < (entry.plan.nth ?? 1)) return null;
    if (entry.draws.next() >= (entry.plan.probability ?? 1)) return null;
    entry.remaining--;
    return begin(entry, call, clock);
  };
  const meet = (call: FaultCall): Attempt | null => {
    const now = clock.monotonicNs();
    for (const entry of entries) {
      if (isOver(entry) || now < entry.armsAtNs || entry.plan.trigger === "now") continue;
      if (needsSandbox(entry.plan.action) && call.sandboxId === null) continue;
      if (!fits(entry.plan.match ?? {}, call)) continue;
      const attempt = hit(entry, call);
      if (attempt !== null) return attempt;
    }
    return null;
  };
  const end = (entry: Entry): void => {
    entry.remaining = 0;
    for (const undo of entry.undo.splice(0)) undo();
  };
  return {
    add,
    meet,
    hit,
    end,
    isOver,
    get: (id) => entries.find((entry) => entry.id === id),
    all: () => [...entries],
    show: (entry) => show(entry, clock, isOver(entry)),
  };
}

function makeEntry(id: string, plan: FaultPlan, origin: Entry["origin"], clock: Clock): Entry {
  const now = clock.monotonicNs();
  return {
    id,
    origin,
    plan,
    plannedAt: isoNow(clock),
    armsAtNs: now + milliseconds(plan.startAfterMs ?? 0),
    expiresAtNs: now + milliseconds(plan.expiresAfterMs ?? faultLimits.expiresAfterMs),
    draws: seededRandom(plan.seed ?? 1),
    matched: 0,
    attempted: 0,
    observed: 0,
    remaining: plan.count ?? 1,
    effect: "did-not-happen",
    hits: [],
    undo: [],
  };
}

function begin(entry: Entry, { method, path, sandboxId }: CallFacts, clock: Clock): Attempt {
  entry.attempted++;
  entry.effect = "unknown";
  const attemptedAt = isoNow(clock);
  const hit: Hit = {
    attemptedAt,
    observedAt: null,
    effect: "unknown",
    method,
    path,
    sandboxId,
    answerBytes: 0,
    note: "under way",
  };
  if (entry.hits.length < faultLimits.hitsPerRecord) entry.hits.push(hit);
  return {
    entry,
    settle(effect, answerBytes = hit.answerBytes) {
      hit.effect = effect;
      hit.answerBytes = answerBytes;
      entry.effect = effect;
    },
    observe(note) {
      if (hit.observedAt !== null) return;
      hit.observedAt = isoNow(clock);
      hit.note = note;
      entry.observed++;
    },
    fail(note) {
      if (hit.observedAt === null) hit.note = note;
    },
  };
}

function show(entry: Entry, clock: Clock, over: boolean): FaultRecord {
  const { id, origin, plan, plannedAt, matched, attempted, observed, effect } = entry;
  const remaining = over ? 0 : entry.remaining;
  const state = stateOf(entry, clock, over);
  const hits = entry.hits.map((hit) => ({ ...hit }));
  return { id, origin, plan, state, plannedAt, matched, attempted, observed, remaining, effect, hits };
}

function stateOf(entry: Entry, clock: Clock, over: boolean): FaultRecord["state"] {
  if (entry.attempted > 0) return "triggered";
  if (over) return "expired";
  return clock.monotonicNs() < entry.armsAtNs ? "planned" : "armed";
}

function milliseconds(amount: number): bigint {
  return BigInt(amount) * 1_000_000n;
}

function isoNow(clock: Clock): string {
  return new Date(clock.nowMs()).toISOString();
}
