// Sandboxes of processes that died without ending them. What was there, what was ended and what is there after are three
// listings of the target's own, so that the sweep is witnessed and not believed.
import { SwarmError } from "../contracts/swarm-error.ts";
import { isAlive } from "../host/process-identity.ts";
import { listMarked } from "./reading/looks.ts";
import type { Reach } from "./reach.ts";
import { terminate } from "./release.ts";

export interface OrphanSweep {
  /** Ids of this owner's sandboxes before, kept ones left out. */
  readonly before: readonly string[];
  /** Those whose process is dead. */
  readonly orphans: readonly string[];
  /** Orphans that were there and are gone. */
  readonly ended: readonly string[];
  /** Orphans that could not be ended, with the fault's code. */
  readonly failed: readonly { readonly sandboxId: string; readonly code: string }[];
  /** As `before`, asked again at the end; the same listing when there was no orphan. */
  readonly after: readonly string[];
  /** True when no orphan is in `after`. */
  readonly clean: boolean;
}

export async function sweepOrphans(reach: Reach): Promise<OrphanSweep> {
  const marks = { owner: reach.owner, keep: "no" };
  const marked = await listMarked(reach, marks, { ending: true });
  const before = marked.map(({ sandboxId }) => sandboxId);
  const orphans = marked.filter(({ metadata }) => !isLiving(metadata.process ?? "")).map(({ sandboxId }) => sandboxId);
  if (orphans.length === 0) return { before, orphans, ended: [], failed: [], after: before, clean: true };
  const ends = await Promise.all(
    orphans.map(async (sandboxId) => {
      try {
        return { sandboxId, existed: (await terminate(reach, sandboxId)) === "terminated", code: null };
      } catch (thrown) {
        return { sandboxId, existed: false, code: SwarmError.from(thrown).code };
      }
    }),
  );
  const after = (await listMarked(reach, marks, { ending: true })).map(({ sandboxId }) => sandboxId);
  const clean = orphans.every((sandboxId) => !after.includes(sandboxId));
  const sweep: OrphanSweep = {
    before,
    orphans,
    ended: ends.filter(({ existed }) => existed).map(({ sandboxId }) => sandboxId),
    failed: ends.flatMap(({ sandboxId, code }) => (code === null ? [] : [{ sandboxId, code }])),
    after,
    clean,
  };
  const { ended, failed } = sweep;
  reach.log.write(clean ? "info" : "warn", "orphans swept", {
    before: before.length,
    orphans: orphans.length,
    ended: ended.length,
    failed: failed.length,
    after: after.length,
  });
  return sweep;
}

function isLiving(mark: string): boolean {
  const [pid, startedAt] = mark.split(":");
  return pid !== undefined && startedAt !== undefined && isAlive({ pid: Number(pid), startedAt });
}
