// Resume: thaw what stands still, or boot again from the kept files with the same id, token and variables. A resume that
// fails leaves the sandbox paused.
import type { ControlPlane } from "../control-plane/context.ts";
import type { Cell } from "../isolation/backend.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { inTurn } from "./in-turn.ts";
import { greet } from "./introduce.ts";

export type ResumeResult = "running" | "resumed" | "gone" | "quota";

export interface ResumeOptions {
  /** Its new deadline, from now; one that runs already keeps its own. */
  readonly seconds: number;
  /** False: what stands still in memory is dropped, and it boots from its files. */
  readonly memory?: boolean;
}

export async function resume(
  plane: ControlPlane,
  sandbox: LocalSandbox,
  options: ResumeOptions,
): Promise<ResumeResult> {
  return inTurn(sandbox, async () => {
    if (plane.table.get(sandbox.id) !== sandbox) return "gone";
    const { state } = sandbox;
    if (state.kind !== "paused") return "running";
    if (plane.table.active().length + plane.creating >= plane.maxSandboxes) return "quota";
    sandbox.state = { kind: "resuming" };
    if (state.image === null && options.memory !== false) {
      await sandbox.cell.thaw();
      return settle(plane, sandbox, sandbox.cell, options.seconds);
    }
    try {
      return await boot(plane, sandbox, { image: state.image, seconds: options.seconds });
    } catch (cause) {
      if (plane.table.get(sandbox.id) !== sandbox) return "gone";
      throw cause;
    }
  });
}

interface Boot {
  readonly image: string | null;
  readonly seconds: number;
}

async function boot(plane: ControlPlane, sandbox: LocalSandbox, { image, seconds }: Boot): Promise<ResumeResult> {
  let files = image;
  try {
    if (files === null) {
      const { cell } = sandbox;
      files = await plane.images.make(async (to) => cell.capture(to));
      await cell.kill();
    }
    const taken = await plane.images.use(files, async (path) => plane.pool.take({ ...sandbox.source, image: path }));
    const cell = await greet(plane, taken, sandbox);
    await cell.ready();
    plane.images.release(files);
    return await settle(plane, sandbox, cell, seconds);
  } catch (cause) {
    if (plane.table.get(sandbox.id) === sandbox) plane.table.paused(sandbox, files);
    else if (files !== null) plane.images.release(files);
    throw cause;
  }
}

/** It may have been killed while it came up. */
async function settle(plane: ControlPlane, sandbox: LocalSandbox, cell: Cell, seconds: number): Promise<ResumeResult> {
  if (plane.table.get(sandbox.id) !== sandbox) {
    await cell.kill();
    return "gone";
  }
  plane.table.resumed(sandbox, cell, seconds);
  return "resumed";
}
