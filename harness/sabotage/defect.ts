// What a planted defect is: an edit of the compiled package, and who must notice it. Pure data, judged by run-sabotage.ts.
// Law: a check that stays green under the defect it names is no check.
import { checks } from "../claims/checks.ts";

export interface Edit {
  /** Path below `dist/`. */
  readonly file: string;
  /** Text that stands exactly once in the compiled file. */
  readonly find: string;
  readonly replace: string;
}

/** Noticing is not only the checks' work: the last look for orphans, a run that refuses or cannot close its bundle, and the
 * sound verifier also count. */
const otherCatchers = ["run.orphans", "run", "verify"] as const;

export interface Defect {
  readonly id: string;
  readonly sentence: string;
  /** One idea may be compiled into several files: the programs for sandboxes are bundles of their own. */
  readonly edits: readonly Edit[];
  /** Ids of the checks that must turn red, `run.orphans`, `run` (it ends without a closed bundle) or `verify` (its bundle does not verify). */
  readonly caughtBy: readonly string[];
  /** Checks to run when those that must notice it do not say so; default: the checks of `caughtBy`. */
  readonly runs?: readonly string[];
  /** True: the benchmark's shared schedule is measured too. Default false. */
  readonly bench?: boolean;
}

export function isCatcher(id: string): boolean {
  return otherCatchers.some((name) => name === id) || checks.some((row) => row.id === id);
}

/** The checks that a copy with this defect runs. */
export function checksToRun({ runs, caughtBy }: Pick<Defect, "runs" | "caughtBy">): readonly string[] {
  const wanted = new Set(runs ?? caughtBy);
  return checks.map((row) => row.id).filter((id) => wanted.has(id));
}

/** A defect of one edit. */
export function defect(id: string, sentence: string, caughtBy: readonly string[], ...edits: readonly Edit[]): Defect {
  return { id, sentence, caughtBy, edits };
}

export function edit(file: string, find: string, replace: string): Edit {
  return { file, find, replace };
}
