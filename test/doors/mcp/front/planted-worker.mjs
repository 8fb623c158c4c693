// A worker whose backend is planted: what it is asked to do is written, with its process id, to the file that CALLS names.
// `createE2bSandbox` never ends; `listE2bSandboxes` never ends the first time; with DIES=yes the process ends at once.
import { appendFileSync, readFileSync } from "node:fs";
import { realClock } from "../../../../dist/src/host/clock.js";
import { silentLog } from "../../../../dist/src/host/log.js";
import { systemRandom } from "../../../../dist/src/host/random.js";
import { work } from "../../../../dist/src/doors/mcp/work.js";

const calls = process.env.CALLS;
if (process.env.DIES === "yes") process.exit(3);

process.exit(
  await work(JSON.parse(process.argv[2]), {
    stdin: process.stdin,
    stdout: process.stdout,
    log: silentLog,
    clock: realClock,
    random: systemRandom,
    signal: new AbortController().signal,
    openBackend: async () => ({
      label: { target: "local", isolation: "bwrap" },
      async call(name, _input, { signal, progress }) {
        const before = readFileSync(calls, "utf8");
        appendFileSync(calls, `${name} ${process.pid}\n`);
        progress("begun");
        const never = new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
        never.catch(() => undefined);
        if (name === "createE2bSandbox") await never;
        if (name === "listE2bSandboxes" && !before.includes(name)) await never;
        if (name === "listE2bSandboxes") return { sandboxes: [], total: 0 };
        return { version: "1", node: "20", e2bSdk: "2" };
      },
      close: async () => undefined,
    }),
  }),
);
