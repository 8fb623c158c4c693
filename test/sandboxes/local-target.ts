// A local server of the tests' own, with its own home, so that nobody else's server is touched; and a manager over it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Target } from "../../src/contracts/target.ts";
import { realClock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import { systemRandom } from "../../src/host/random.ts";
import { ensureLocalServer, stopLocalServer } from "../../src/local/daemon.ts";
import { createFaultClient, type FaultClient } from "../../src/local/faults/client.ts";
import { openSandboxes, type Sandboxes, type SandboxesOptions } from "../../src/sandboxes/open-sandboxes.ts";

export interface LocalTarget {
  readonly target: Target;
  readonly env: Record<string, string | undefined>;
  /** Null unless asked for. */
  readonly faults: FaultClient | null;
  open(options?: Partial<SandboxesOptions>): Sandboxes;
  close(): Promise<void>;
}

export async function localTarget(options: { readonly faults?: boolean } = {}): Promise<LocalTarget> {
  const home = mkdtempSync(join(tmpdir(), "swarm-home-"));
  const env = { PATH: process.env.PATH, HOME: home, E2B_SWARM_HOME: home };
  const server = await ensureLocalServer({ env, spares: 1, idleSeconds: 120, ...options });
  const { url, apiKey, isolation, faultsToken } = server;
  const target: Target = { kind: "local", url, apiKey, isolation };
  const opened: Sandboxes[] = [];
  return {
    target,
    env,
    faults: faultsToken === null ? null : createFaultClient(url, faultsToken),
    open(more = {}) {
      const basics = { target, clock: realClock, random: systemRandom, log: silentLog, owner: "tests" };
      const sandboxes = openSandboxes({ ...basics, ...more });
      opened.push(sandboxes);
      return sandboxes;
    },
    async close() {
      await Promise.allSettled(opened.map((sandboxes) => sandboxes.close()));
      await stopLocalServer({ env });
      rmSync(home, { recursive: true, force: true });
    },
  };
}
