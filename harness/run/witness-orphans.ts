// The last observation of a run: what this run made and the target still lists. An orphan refuses the run.
import { openBackend } from "../../src/backend/compose.ts";
import { realEnv } from "../../src/host/env.ts";
import { openObservations } from "../evidence/recorder.ts";
import { recordWitness } from "../evidence/record-witness.ts";
import { openWitness } from "../evidence/witness.ts";
import type { OpenRun } from "../evidence/open-run.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import type { FoundTarget } from "./find-target.ts";
import type { RunRequest } from "./request.ts";
import type { Host } from "./run-validation.ts";

/** Ids this run made are those of its meter readings and witnesses. */
export async function witnessOrphans(run: OpenRun, request: RunRequest, found: FoundTarget, host: Host): Promise<void> {
  if (found.unavailable !== null) return;
  const { target, isolation, folder } = request;
  const watched = target === "local" ? { kind: target, port: found.port } : { kind: target, domain: found.domain };
  const watch = openWitness({ target: watched, env: realEnv });
  const observations = openObservations(run.context, "run.orphans", host.clock, partName(request));
  const backend = await openBackend({ target, isolation, folder });
  try {
    const made = madeBy(run.context.folder);
    const seen = await watch.during(() => backend.call("listE2bSandboxes", {}));
    const witness = recordWitness(run.events, seen.sighting);
    if (!seen.result.ok) {
      observations.threw("the target lists its sandboxes", String(seen.result.error), witness);
      return;
    }
    const left = seen.result.value.sandboxes.map((sandbox) => sandbox.sandboxId).filter((id) => made.has(id));
    observations.observe("sandboxes of this run that the target still lists", [], left, witness);
    for (const sandboxId of left) {
      run.events.append({ k: "note", what: "orphan", data: { sandboxId } });
      await backend.call("terminateE2bSandbox", { sandboxId, force: true });
    }
  } finally {
    await backend.close();
    observations.close();
    watch.close();
  }
}

/** Each part of a divided run looks for what it left itself, in a file of its own. */
function partName({ part }: RunRequest): string | undefined {
  return part === null ? undefined : `part-${part.index}`;
}

function madeBy(folder: string): ReadonlySet<string> {
  const made = new Set<string>();
  for (const file of readEvidence(folder).events) {
    for (const event of file.events) {
      if (event.k === "meter") made.add(event.sandboxId);
      if (event.k === "wit" && event.sandboxId !== null) made.add(event.sandboxId);
    }
  }
  return made;
}
