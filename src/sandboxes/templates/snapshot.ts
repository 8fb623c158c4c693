// A template made of a running sandbox, as the target makes it: E2B with memory, the local one of its files.
import { buildTimeoutMs } from "../limits.ts";
import type { Reach } from "../reach.ts";

export interface Snapshots {
  /**
   * The target's id of a template made of the sandbox's files, under `name` when one is given. Throws `sandbox.not-found`,
   * `usage.invalid` for a name the target refuses, `target.*`.
   */
  snapshot(sandboxId: string, name?: string): Promise<string>;
  deleteSnapshot(templateId: string): Promise<void>;
}

export function snapshots(reach: Reach): Snapshots {
  return {
    snapshot: (sandboxId, name) => snapshot(reach, sandboxId, name),
    deleteSnapshot: (templateId) => deleteSnapshot(reach, templateId),
  };
}

async function snapshot(reach: Reach, sandboxId: string, name?: string): Promise<string> {
  const what = `make a template of ${sandboxId}`;
  const letGo = reach.activity.hold(sandboxId);
  try {
    const made = await reach.ask({ what, about: "sandbox", withinMs: buildTimeoutMs }, ({ Sandbox }) =>
      Sandbox.createSnapshot(sandboxId, { requestTimeoutMs: buildTimeoutMs, ...(name === undefined ? {} : { name }) }),
    );
    reach.log.write("info", "template made of a sandbox", { sandboxId, template: made.snapshotId });
    return made.snapshotId;
  } finally {
    letGo();
  }
}

async function deleteSnapshot(reach: Reach, templateId: string): Promise<void> {
  const doing = { what: `delete the template ${templateId}`, about: "sandbox", repeatable: true } as const;
  await reach.ask(doing, ({ Sandbox }) => Sandbox.deleteSnapshot(templateId));
}
