// The process that measures our own code: one line of JSON on stdin, its shard of evidence in the run's folder. It ends when
// its parent does.
import { createInterface } from "node:readline";
import { joinRun } from "../harness/evidence/plan.ts";
import { isRecord } from "../src/contracts/json.ts";
import { SwarmError } from "../src/contracts/swarm-error.ts";
import { openLane, type LaneRequest } from "./lane.ts";
import { openOwnCode } from "./own-code.ts";

interface Input extends LaneRequest {
  readonly folder: string;
  readonly originNs: string;
}

const stop = new AbortController();
const abort = (): void => stop.abort(new SwarmError("cancelled", "The measurement of own code was stopped"));
process.on("SIGTERM", abort).on("SIGINT", abort);
process.stderr.on("error", abort);

const lines = createInterface({ input: process.stdin });
lines.once("close", abort);
lines.once("line", (line) => void main(line).then(end, end));

async function main(line: string): Promise<void> {
  const input: unknown = JSON.parse(line);
  if (!isInput(input)) throw new SwarmError("internal", "The request of the benchmark has not its shape");
  const context = { ...joinRun(input.folder), originNs: BigInt(input.originNs) };
  const progress = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const lane = await openLane(input, { context, progress, signal: stop.signal });
  try {
    await lane.execute(await openOwnCode(lane.setting()));
  } finally {
    await lane.close();
  }
}

function end(thrown: unknown): void {
  if (thrown !== undefined) process.stderr.write(`${SwarmError.from(thrown).message}\n`);
  process.exit(thrown === undefined ? 0 : 1);
}

/** Only our own benchmark writes it; the fields that could be another build's are looked at. */
function isInput(value: unknown): value is Input {
  return (
    isRecord(value) && typeof value.folder === "string" && typeof value.originNs === "string" && isRecord(value.options)
  );
}
