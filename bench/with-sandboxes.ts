// Sandboxes for a while: made before, ended after, whatever happens in between.
import type { OpenedBackend } from "../src/backend/backend.ts";

const lifeSeconds = 600;

export async function withSandboxes(
  backend: OpenedBackend,
  count: number,
  envVars: Readonly<Record<string, string>>,
  work: (ids: readonly string[]) => Promise<void>,
): Promise<void> {
  const input = { template: "base", count, timeoutSeconds: lifeSeconds, envVars };
  const { sandboxes } = await backend.call("createE2bSandbox", input);
  const ids = sandboxes.map((sandbox) => sandbox.sandboxId);
  try {
    await work(ids);
  } finally {
    await Promise.allSettled(ids.map((sandboxId) => backend.call("terminateE2bSandbox", { sandboxId, force: true })));
  }
}
