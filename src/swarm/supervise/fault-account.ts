// Faults are counted in four columns: planned -> attempted -> observed -> healed. Only an observed fault proves anything
// about recovery; a fault that was aimed at something already dead was attempted and never observed.
import { invariant } from "../../contracts/invariant.ts";

export type FaultStage = "planned" | "attempted" | "observed" | "healed";

export interface FaultRow {
  readonly kind: string;
  readonly planned: number;
  readonly attempted: number;
  readonly observed: number;
  readonly healed: number;
}

export interface FaultAccount {
  /** Opens a fault; returns its number. */
  readonly plan: (kind: string) => number;
  /** Moves a fault on. Stages come in order and once; a repeated or skipped one changes nothing and returns false. */
  readonly advance: (fault: number, stage: Exclude<FaultStage, "planned">) => boolean;
  /** Counts faults that need no number of their own, such as dropped messages. */
  readonly count: (kind: string, stage: FaultStage, by: number) => void;
  readonly rows: () => readonly FaultRow[];
}

const order = ["planned", "attempted", "observed", "healed"] as const;

export function openFaultAccount(): FaultAccount {
  const rows = new Map<string, Record<FaultStage, number>>();
  const faults: { readonly kind: string; stage: number }[] = [];
  const count = (kind: string, stage: FaultStage, by: number): void => {
    const row = rows.get(kind) ?? { planned: 0, attempted: 0, observed: 0, healed: 0 };
    row[stage] += by;
    rows.set(kind, row);
  };
  return {
    count,
    plan(kind) {
      count(kind, "planned", 1);
      return faults.push({ kind, stage: 0 }) - 1;
    },
    advance(number, stage) {
      const fault = faults[number];
      invariant(fault !== undefined, "a fault is planned before anything else happens to it");
      if (order[fault.stage + 1] !== stage) return false;
      fault.stage += 1;
      count(fault.kind, stage, 1);
      return true;
    },
    rows: () =>
      [...rows]
        .map(([kind, row]) => ({ kind, ...row }))
        .sort((a, b) => (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0)),
  };
}
