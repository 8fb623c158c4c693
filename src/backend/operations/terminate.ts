// Ending a sandbox. An id the target does not know is an error unless forced; either way the folder forgets it.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { forget } from "./create.ts";

export const handle = handler("terminate.input", "terminate.output", async (parts, { sandboxId, force = false }) => {
  // A state that cannot be read is named before anything ends, because it could not be told of the end.
  parts.state.read();
  const manager = await parts.sandboxesIfUp();
  const status = manager === null ? "already-gone" : await manager.terminate(sandboxId);
  if (status === "already-gone" && !force) {
    throw new SwarmError("sandbox.not-found", `Cannot terminate ${sandboxId}: the target does not know it`, {
      hint: "Add --force (force: true) to forget it here all the same",
      details: { sandboxId },
    });
  }
  await forget(parts, [sandboxId]);
  const message = status === "terminated" ? `Sandbox ${sandboxId} has ended` : `Sandbox ${sandboxId} was already gone`;
  return { sandboxId, status, terminatedAt: new Date(parts.clock.nowMs()).toISOString(), message };
});
