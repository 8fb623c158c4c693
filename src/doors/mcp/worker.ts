// The process entry of the worker: its only argument says for what it was started. It ends when its stdin does, which also
// happens when the front dies.
import { isRecord } from "../../contracts/json.ts";
import { realClock } from "../../host/clock.ts";
import { jsonLog } from "../../host/log.ts";
import { systemRandom } from "../../host/random.ts";
import { stopOnSignals } from "../stop-signal.ts";
import type { WorkerRequest } from "./front/worker-process.ts";
import { work } from "./work.ts";

const request: unknown = JSON.parse(process.argv[2] ?? "null");
if (!isRequest(request)) throw new Error("Invariant broken: a worker is started by its front");
process.exit(
  await work(request, {
    stdin: process.stdin,
    stdout: process.stdout,
    log: jsonLog(realClock, (line) => void process.stderr.write(line), "warn"),
    clock: realClock,
    random: systemRandom,
    signal: stopOnSignals(),
    openBackend: async (options) => (await import("../../backend/compose.ts")).openBackend(options),
  }),
);

function isRequest(value: unknown): value is WorkerRequest {
  if (!isRecord(value) || !isRecord(value.options)) return false;
  return value.mode === "stdio" || (value.mode === "http" && typeof value.socket === "string");
}
