// A size is asked for by cpuCount and memoryMb, and is a variant of the template (decision 4). On a real server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/backend/compose.ts";
import type { OpenedBackend } from "../../src/backend/backend.ts";
import { noBwrap } from "../local/harness.ts";
import { localTarget, type LocalTarget } from "../sandboxes/local-target.ts";

describe.skipIf(noBwrap !== null)(`sizes (skipped when: ${noBwrap ?? "never"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "swarm-sized-"));
  let local: LocalTarget;
  let backend: OpenedBackend;
  beforeAll(async () => {
    local = await localTarget();
    backend = await openBackend({ folder, target: "local" }, local.env);
  });
  afterAll(async () => {
    await backend.close();
    await local.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    [{ cpuCount: 2 }, "node-2x512", { cpuCount: 2, memoryMb: 512 }],
    [{ memoryMb: 1_024 }, "node-1x1024", { cpuCount: 1, memoryMb: 1_024 }],
    [{}, "node", { cpuCount: 1, memoryMb: 512 }],
  ])("%j gives %s", async (size, template, resources) => {
    const { sandboxes } = await backend.call("createE2bSandbox", { template: "nodejs", ...size });
    expect(sandboxes).toMatchObject([{ template, resources }]);
    const { stdout } = await backend.call("executeE2bProcess", {
      sandboxId: sandboxes[0]?.sandboxId ?? "",
      command: "node -e 'console.log(6 * 7)'",
    });
    expect(stdout).toBe("42\n");
    await backend.call("terminateE2bSandbox", { sandboxId: sandboxes[0]?.sandboxId ?? "" });
  });

  it.each([
    [{ cpuCount: 0 }, "cpuCount"],
    [{ cpuCount: 5 }, "cpuCount"],
    [{ memoryMb: 255 }, "memoryMb"],
    [{ memoryMb: 513 }, "memoryMb"],
    [{ memoryMb: 8_192 }, "memoryMb"],
  ])("%j is refused by name, and costs nothing", async (size, field) => {
    await expect(backend.call("createE2bSandbox", size)).rejects.toMatchObject({
      code: "usage.invalid",
      message: expect.stringContaining(field),
    });
    await expect(backend.call("createE2bSandbox", { ...size, [field]: 1 / 2 })).rejects.toMatchObject({
      code: "usage.invalid",
    });
  });
});
