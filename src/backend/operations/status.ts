// One sandbox, fresh from the target.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import type { Parts } from "../parts.ts";
import type { Sandboxes } from "../../sandboxes/open-sandboxes.ts";

export const handle = handler("status.input", "status.output", async (parts, { sandboxId }) => {
  const manager = await managerFor(parts, sandboxId);
  const status = await manager.status(sandboxId);
  return { ...status };
});

/** The manager, or `sandbox.not-found` when the target is down and so cannot know the sandbox. */
export async function managerFor(parts: Parts, sandboxId: string): Promise<Sandboxes> {
  const manager = await parts.sandboxesIfUp();
  if (manager !== null) return manager;
  throw new SwarmError("sandbox.not-found", `Cannot find sandbox ${sandboxId}: the local server is not running`, {
    hint: "List what exists with e2b-swarm list, or make one with e2b-swarm create",
    details: { sandboxId },
  });
}
