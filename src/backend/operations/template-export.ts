// Makes a template of a sandbox: its files as they are, or without what lies in its user's home. Processes and memory are the
// target's business: the local one keeps files only.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { managerFor } from "./status.ts";

const copySeconds = 120;
/** Only where the home is the sandbox's own: without isolation /tmp would be this machine's. */
const emptying = `[ "$HOME" = /home/user ] || exit 3
cd / && find /home/user /tmp -mindepth 1 -xdev -delete 2>/dev/null
[ -z "$(ls -A /home/user)" ] || { ls -A /home/user >&2; exit 1; }
[ ! -d /etc/skel ] || cp -r /etc/skel/. /home/user/`;

export const handle = handler("template-export.input", "template-export.output", async (parts, input, context) => {
  const { sandboxId, templateName, includeData = false } = input;
  const manager = await managerFor(parts, sandboxId);
  const { metrics } = await manager.status(sandboxId);
  context.progress(`making the template ${templateName} of ${sandboxId}`);
  const templateId = includeData
    ? await manager.snapshot(sandboxId, templateName)
    : await withoutData(manager, sandboxId, templateName);
  return {
    templateId,
    templateName,
    sandboxId,
    status: "exported" as const,
    includesData: includeData,
    exportedAt: new Date(parts.clock.nowMs()).toISOString(),
    sizeMb: metrics?.diskUsedMb ?? null,
  };
});

/** By way of a copy, so that the sandbox itself keeps what it has. */
async function withoutData(
  manager: Awaited<ReturnType<typeof managerFor>>,
  sandboxId: string,
  templateName: string,
): Promise<string> {
  const whole = await manager.snapshot(sandboxId);
  try {
    const copy = await manager.create({ template: whole, timeoutSeconds: copySeconds });
    try {
      const emptied = await manager.execute(copy.sandboxId, { command: emptying, timeoutSeconds: copySeconds / 2 });
      if (emptied.exitCode !== 0) throw notEmptied(sandboxId, emptied.exitCode, emptied.stderr);
      return await manager.snapshot(copy.sandboxId, templateName);
    } finally {
      await manager.terminate(copy.sandboxId);
    }
  } finally {
    await manager.deleteSnapshot(whole);
  }
}

function notEmptied(sandboxId: string, exitCode: number, stderr: string): SwarmError {
  if (exitCode === 3) {
    return new SwarmError(
      "sandbox.unsupported",
      `Cannot export ${sandboxId} without its data: it has no home of its own`,
      {
        hint: "Export it with includeData, or isolate the local server's sandboxes",
        details: { sandboxId },
      },
    );
  }
  const left = stderr.trim().slice(0, 300);
  return new SwarmError("sandbox.file", `Cannot export ${sandboxId} without its data: its home could not be emptied`, {
    hint: left === "" ? "Empty it and export it with includeData" : `What stays: ${left}`,
    details: { sandboxId },
  });
}
