// The swarm over pooled sandboxes, through the operation: the second run lives in the first one's sandboxes, pays for its own
// seconds only, and nothing is left when the backend closes.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBackend } from "../../src/backend/compose.ts";
import { realClock } from "../../src/host/clock.ts";
import { noBwrap } from "../local/harness.ts";
import { localTarget, type LocalTarget } from "../sandboxes/local-target.ts";

describe.skipIf(noBwrap !== null)(`a swarm in pooled sandboxes (skipped when: ${noBwrap ?? "never"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "swarm-pooled-"));
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget();
  });
  afterAll(async () => {
    await local.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["5", true],
    ["0", false],
  ])(
    "E2B_SWARM_POOL=%s: the same sandboxes twice is %s",
    async (size, same) => {
      const backend = await openBackend({ folder, target: "local" }, { ...local.env, E2B_SWARM_POOL: size });
      try {
        const run = () => backend.call("executeSwarmStrategy", { symbols: ["AAPL"] });
        const runs = [await run()];
        // A lease waits a second for one that is being emptied, which is short on a busy machine: emptied ones hang on a leash.
        const onLeash = async (): Promise<number> => {
          const { sandboxes } = await backend.call("listE2bSandboxes", {});
          return sandboxes.filter(({ endAt }) => Date.parse(endAt) - realClock.nowMs() < 150_000).length;
        };
        await expect.poll(onLeash, { timeout: 30_000, interval: 100 }).toBe(same ? 5 : 0);
        runs.push(await run());
        const [first, second] = runs.map(({ agents }) => agents.map(({ sandboxId }) => sandboxId).sort());
        expect(first?.length).toBe(5);
        expect(JSON.stringify(first) === JSON.stringify(second)).toBe(same);
        expect(runs[0]?.decisions[0]?.decision.convictionPpm).toBe(runs[1]?.decisions[0]?.decision.convictionPpm);
        const paid = runs.reduce((sum, { cost }) => sum + cost.sandboxSeconds, 0);
        const metered = backend.meters().reduce((sum, { ranNs }) => sum + Number(ranNs) / 1e9, 0);
        expect(paid).toBeGreaterThan(0);
        expect(paid).toBeLessThanOrEqual(metered + 1e-6);
      } finally {
        await backend.close();
      }
      const after = await openBackend({ folder, target: "local" }, local.env);
      expect((await after.call("listE2bSandboxes", {})).sandboxes).toEqual([]);
      await after.close();
    },
    60_000,
  );
});
