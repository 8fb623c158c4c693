// The target's own list; a target that is down has none. Reconciles the folder's state: what ended at its time is forgotten.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { handler } from "../handler.ts";
import type { Parts } from "../parts.ts";
import { forget } from "./create.ts";

export const handle = handler("list.input", "list.output", async (parts, input) => {
  const { status = "all" } = input;
  const known = await knownSandboxes(parts);
  await forgetExpired(parts, known);
  const sandboxes = known.filter((sandbox) => status === "all" || sandbox.status === status);
  return { sandboxes, total: sandboxes.length };
});

/** Everything the target knows, oldest first. */
export async function knownSandboxes(parts: Parts): Promise<SandboxRecord[]> {
  const manager = await parts.sandboxesIfUp();
  const known = manager === null ? [] : await manager.list();
  return [...known].sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.sandboxId.localeCompare(b.sandboxId));
}

/** A sandbox that reached its end is no loss: it leaves the state. */
async function forgetExpired(parts: Parts, known: readonly SandboxRecord[]): Promise<void> {
  const alive = new Set(known.map((sandbox) => sandbox.sandboxId));
  const expired = parts.state
    .read()
    .sandboxes.filter((row) => !alive.has(row.id) && Date.parse(row.end_at) <= parts.clock.nowMs())
    .map((row) => row.id);
  if (expired.length > 0) await forget(parts, expired);
}
