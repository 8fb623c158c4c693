// Pause. With memory: every process stands still where it is, and its RAM stays taken. Without: its processes end and its
// files are kept as an image. A pause that fails leaves the sandbox running as it was.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { ControlPlane } from "../control-plane/context.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { inTurn } from "./in-turn.ts";

export type PauseResult = "paused" | "already" | "gone" | "full";

export async function pause(plane: ControlPlane, sandbox: LocalSandbox, memory: boolean): Promise<PauseResult> {
  return inTurn(sandbox, async () => {
    if (plane.table.get(sandbox.id) !== sandbox) return "gone";
    if (sandbox.state.kind === "paused") return "already";
    // Paused sandboxes count against no quota, but each holds RAM or disk of this machine.
    if (plane.table.all().length - plane.table.active().length >= limits.pausedSandboxes) return "full";
    sandbox.state = { kind: "pausing" };
    try {
      return await hold(plane, sandbox, memory);
    } catch (cause) {
      if (plane.table.get(sandbox.id) !== sandbox) return "gone";
      await sandbox.cell.thaw();
      plane.table.unchanged(sandbox);
      throw cause;
    }
  });
}

async function hold(plane: ControlPlane, sandbox: LocalSandbox, memory: boolean): Promise<PauseResult> {
  const { cell } = sandbox;
  await cell.freeze();
  const image = memory ? null : await plane.images.make(async (to) => cell.capture(to));
  // Whoever still waits for an answer gets a broken connection, as from a machine that is gone; its command lives on.
  for (const breakOff of sandbox.streams) breakOff();
  if (image !== null) await cell.kill();
  if (plane.table.get(sandbox.id) === sandbox) {
    plane.table.paused(sandbox, image);
    return "paused";
  }
  if (image !== null) plane.images.release(image);
  return "gone";
}

/** On the deadline. What cannot be paused in time is ended: a sandbox never outlives its deadline running. */
export async function expire(plane: ControlPlane, sandbox: LocalSandbox): Promise<void> {
  if (sandbox.onTimeout.action === "kill") return plane.table.kill(sandbox);
  try {
    if ((await pause(plane, sandbox, sandbox.onTimeout.memory)) !== "full") return;
    plane.log.write("error", "killed instead of paused on its timeout", {
      id: sandbox.id,
      paused: limits.pausedSandboxes,
    });
  } catch (thrown) {
    const reason = SwarmError.from(thrown).message;
    plane.log.write("error", "killed because it could not be paused on its timeout", { id: sandbox.id, reason });
  }
  await plane.table.kill(sandbox);
}
