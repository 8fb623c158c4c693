// Bookkeeping of faults: who suffers from which, when it was seen, when it was over. The account counts, the timings measure.
import type { OpenFault, World } from "./world.ts";

/** Counts a fault as planned and attempted against `victim`; it waits to be observed. */
export function strike(world: World, kind: string, victim: string): void {
  const number = world.account.plan(kind);
  world.account.advance(number, "attempted");
  const open = world.suffering.get(victim);
  const fault: OpenFault = { number, kind, atMs: world.nowMs };
  if (open === undefined) world.suffering.set(victim, [fault]);
  else open.push(fault);
}

/** Planned and attempted, without effect: the victim was dead or out of reach already. */
export function miss(world: World, kind: string): void {
  world.account.advance(world.account.plan(kind), "attempted");
}

/** Faults that end or silence a program. The others are seen by what an agent says. */
export const lifeFaults: ReadonlySet<string> = new Set(["kill", "sandbox-kill", "stall", "partition"]);

export interface Sighting {
  /** Somebody detected it or repaired it, so the time counts; else it only took effect or passed. */
  readonly timed: boolean;
  /** Default: all. */
  readonly kinds?: ReadonlySet<string>;
}

/** The victim was seen to suffer. */
export function observe(world: World, victim: string, { timed, kinds }: Sighting): void {
  for (const { number, kind, atMs } of world.suffering.get(victim) ?? []) {
    if (kinds?.has(kind) === false) continue;
    if (world.account.advance(number, "observed") && timed) timingOf(world, kind).detection.push(world.nowMs - atMs);
  }
}

/** Normal work again. What was never observed is closed without being healed. */
export function heal(world: World, victim: string, { timed, kinds }: Sighting): void {
  const open = world.suffering.get(victim);
  if (open === undefined) return;
  const left = kinds === undefined ? [] : open.filter(({ kind }) => !kinds.has(kind));
  for (const { number, kind, atMs } of open) {
    if (kinds?.has(kind) === false) continue;
    if (world.account.advance(number, "healed") && timed) timingOf(world, kind).downtime.push(world.nowMs - atMs);
  }
  if (left.length === 0) world.suffering.delete(victim);
  else world.suffering.set(victim, left);
}

function timingOf(world: World, kind: string): { readonly detection: number[]; readonly downtime: number[] } {
  const known = world.timings.get(kind);
  if (known !== undefined) return known;
  const timing = { detection: [], downtime: [] };
  world.timings.set(kind, timing);
  return timing;
}
