// The idle sandboxes of a pool, and the seconds they cost while nobody has them. Pure bookkeeping: who is handed out, who is
// too many, too long idle or too old.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import type { Baseline } from "../reset/baseline.ts";

export interface Member {
  readonly record: SandboxRecord;
  /** Variant and environment; only an equal key may have it. */
  readonly key: string;
  readonly baseline: Baseline;
  readonly bornNs: bigint;
}

export interface Idle extends Member {
  readonly idleSinceNs: bigint;
}

export interface PoolBook {
  /** The one that was used last, because it is the warmest; null when none of this key is idle. */
  take(key: string, nowNs: bigint): Idle | null;
  /** `idleSinceNs` is when its lease ended: emptying it is time that nobody uses. */
  add(idle: Idle): void;
  /** Takes out the longest idle one of any key. */
  takeOldest(nowNs: bigint): Idle | null;
  /** Takes out what was idle since before `idleBeforeNs` or born before `bornBeforeNs`. */
  takeStale(nowNs: bigint, idleBeforeNs: bigint, bornBeforeNs: bigint): readonly Idle[];
  takeAll(nowNs: bigint): readonly Idle[];
  count(key: string): number;
  all(): readonly Idle[];
  /** What a sandbox was idle until `nowNs`, all its turns together, ns. */
  idleNs(sandboxId: string, nowNs: bigint): bigint;
}

export function openPoolBook(): PoolBook {
  const idles = new Map<string, Idle>();
  const spent = new Map<string, bigint>();
  const remove = (idle: Idle, nowNs: bigint): Idle => {
    const { sandboxId } = idle.record;
    idles.delete(sandboxId);
    spent.set(sandboxId, (spent.get(sandboxId) ?? 0n) + nowNs - idle.idleSinceNs);
    return idle;
  };
  const ofKey = (key: string): Idle[] => [...idles.values()].filter((idle) => idle.key === key);
  return {
    take(key, nowNs) {
      const last = ofKey(key).at(-1);
      return last === undefined ? null : remove(last, nowNs);
    },
    add: (idle) => void idles.set(idle.record.sandboxId, idle),
    takeOldest(nowNs) {
      const oldest = idles.values().next();
      return oldest.done === true ? null : remove(oldest.value, nowNs);
    },
    takeStale: (nowNs, idleBeforeNs, bornBeforeNs) =>
      [...idles.values()]
        .filter(({ idleSinceNs, bornNs }) => idleSinceNs < idleBeforeNs || bornNs < bornBeforeNs)
        .map((idle) => remove(idle, nowNs)),
    takeAll: (nowNs) => [...idles.values()].map((idle) => remove(idle, nowNs)),
    count: (key) => ofKey(key).length,
    all: () => [...idles.values()],
    idleNs(sandboxId, nowNs) {
      const idle = idles.get(sandboxId);
      return (spent.get(sandboxId) ?? 0n) + (idle === undefined ? 0n : nowNs - idle.idleSinceNs);
    },
  };
}
