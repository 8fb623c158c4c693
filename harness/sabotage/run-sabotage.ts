// Every defect in a copy of its own, two copies at a time at most, each against a control: the same checks without a
// defect. What is red without a defect is never counted as caught.
import { invariant } from "../../src/contracts/invariant.ts";
import type { Isolation } from "../../src/contracts/target.ts";
import type { Clock } from "../../src/host/clock.ts";
import { checksToRun, isCatcher, type Defect } from "./defect.ts";
import { openCopy } from "./plant.ts";
import { runCopy, type Complaints, type CopyEnd } from "./run-copy.ts";

export interface Tried {
  readonly id: string;
  readonly sentence: string;
  /** Who must notice it. */
  readonly expected: readonly string[];
  /** Who did, of those. */
  readonly caughtBy: readonly string[];
  /** Who complained besides. */
  readonly also: readonly string[];
  /** The first thing that was new. */
  readonly saw: string;
  readonly verdict: string | null;
  readonly caught: boolean;
  readonly ms: number;
}

export interface SabotageHost {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress: (sentence: string) => void;
  readonly isolation: Isolation;
}

/** Copies that validate at the same time. */
const atOnce = 2;

/** In the order of `defects`. Throws `usage.invalid` for a defect that cannot be planted. */
export async function runSabotage(defects: readonly Defect[], host: SabotageHost): Promise<readonly Tried[]> {
  for (const one of defects) invariant(one.caughtBy.every(isCatcher), `somebody exists who must notice ${one.id}`);
  const control = await runControls(defects, host);
  return inPairs(defects, host, async (one) => {
    const tried = await tryOne(one, control, host);
    const by = tried.caughtBy.length === 0 ? "nobody" : tried.caughtBy.join(", ");
    host.progress(`${tried.caught ? "caught " : "MISSED "} ${one.id} (${tried.ms} ms) by ${by}`);
    return tried;
  });
}

/** What complains without any defect. */
async function runControls(defects: readonly Defect[], host: SabotageHost): Promise<Complaints> {
  const wanted = [...new Set(defects.flatMap((one) => checksToRun(one)))];
  const layersOf = [...new Set(wanted.map((id) => id.split(".")[0] ?? ""))];
  const groups = layersOf.map((layer) => ({ checks: wanted.filter((id) => id.startsWith(`${layer}.`)), bench: false }));
  const benched = defects.filter((one) => one.bench === true).flatMap((one) => checksToRun(one));
  const all = benched.length === 0 ? groups : [...groups, { checks: [...new Set(benched)], bench: true }];
  const ends = await inPairs(all, host, async ({ checks, bench }) => {
    const end = await judgeCopy([], { checks, bench }, host);
    for (const [id, said] of end.complaints) host.progress(`without a defect: ${id}: ${said[0] ?? ""}`);
    return [...end.complaints].map(([id, said]): [string, readonly string[]] => [keyOf(id, bench), said]);
  });
  return new Map(ends.flat());
}

/** The same check complains about other things when the benchmark ran before it. */
function keyOf(id: string, bench: boolean): string {
  return bench ? `${id} with the benchmark` : id;
}

async function tryOne(one: Defect, control: Complaints, host: SabotageHost): Promise<Tried> {
  const began = host.clock.monotonicNs();
  const bench = one.bench === true;
  const end = await judgeCopy(one.edits, { checks: checksToRun(one), bench }, host);
  const fresh = new Map(
    [...end.complaints].flatMap(([id, said]): [string, string][] => {
      const before = control.get(keyOf(id, bench)) ?? [];
      const first = said.find((what) => !before.includes(what));
      return first === undefined ? [] : [[id, first]];
    }),
  );
  const caughtBy = one.caughtBy.filter((id) => fresh.has(id));
  return {
    id: one.id,
    sentence: one.sentence,
    expected: one.caughtBy,
    caughtBy,
    also: [...fresh.keys()].filter((id) => !one.caughtBy.includes(id)),
    saw: caughtBy.map((id) => fresh.get(id) ?? "")[0] ?? "",
    verdict: end.verdict,
    caught: caughtBy.length === one.caughtBy.length && end.verdict !== "CERTIFIED",
    ms: Number((host.clock.monotonicNs() - began) / 1_000_000n),
  };
}

async function judgeCopy(
  edits: Defect["edits"],
  run: { readonly checks: readonly string[]; readonly bench: boolean },
  { isolation }: SabotageHost,
): Promise<CopyEnd> {
  const copy = openCopy(edits);
  try {
    return await runCopy(copy, { ...run, isolation });
  } finally {
    copy.remove();
  }
}

async function inPairs<A, B>(
  items: readonly A[],
  { signal }: SabotageHost,
  work: (item: A) => Promise<B>,
): Promise<B[]> {
  const waiting = items.map((item, index) => ({ item, index }));
  const done = new Map<number, B>();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      done.set(next.index, await work(next.item));
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, () => worker()));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return [...done].sort(([a], [b]) => a - b).map(([, value]) => value);
}
