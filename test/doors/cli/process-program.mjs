// A command line process whose backend is planted: `list` answers with many sandboxes, `create` waits for the abort and then
// cleans up for as long as the variable says.
import { setTimeout as sleep } from "node:timers/promises";
import { runProcess } from "../../../dist/src/doors/cli/run-process.js";
import { SwarmError } from "../../../dist/src/contracts/swarm-error.js";

const sandbox = (sandboxId) => ({
  sandboxId,
  name: sandboxId,
  template: "base",
  status: "running",
  createdAt: "2026-01-02T03:04:05.000Z",
  endAt: "2026-01-02T03:09:05.000Z",
  resources: { cpuCount: 1, memoryMb: 512 },
  url: "http://127.0.0.1:1",
});

await runProcess({
  configure: async () => undefined,
  openBackend: async () => ({
    label: { target: "local", isolation: "bwrap" },
    call: async (name, _input, { signal, progress }) => {
      if (name === "listE2bSandboxes") {
        const sandboxes = Array.from({ length: 5_000 }, (_, i) => sandbox(`sbx${i}`));
        return { sandboxes, total: sandboxes.length };
      }
      progress("waiting");
      // An idle promise does not keep a process alive; an open sandbox connection would.
      const alive = setInterval(() => undefined, 1_000);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      progress("cleaning up");
      await sleep(Number(process.env.CLEANUP_MS));
      clearInterval(alive);
      throw new SwarmError("cancelled", "Stopped: what was started has been removed");
    },
    close: async () => progressClosed(),
  }),
  localCommand: async () => ({}),
  serveMcp: async () => 0,
  serve: async () => 0,
  verifyAudit: async () => ({ lines: 0, torn: 0, head: "" }),
});

function progressClosed() {
  process.stderr.write("closed\n");
}
