// The coordinator as a program: `node coordinator-main.js '{"namespace":…,"agents":…}'`. One line of JSON on stdout for each
// thing that happened, with the time of the machine's monotonic clock. A signal hands the lease over; the agents run on.
import { parse } from "../contracts/parse.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { realClock } from "../host/clock.ts";
import type { SwarmEffect } from "../swarm/core/effects.ts";
import { openBackend } from "./compose.ts";

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify({ atNs: String(realClock.monotonicNs()), ...line })}\n`);
};
/** Neither votes nor the noise of the record. */
const told = new Set<SwarmEffect["kind"]>([
  ...(["send", "done", "dead", "fenced", "expired", "start", "adopt", "restart", "replace", "stop"] as const),
  ...(["detected", "recovered", "escalated", "scaled"] as const),
]);

async function main(): Promise<void> {
  const input = parse("live.coordinate", readWords(process.argv[2]));
  const leaving = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => leaving.abort());
  const backend = await openBackend();
  try {
    say({ kind: "ready", pid: process.pid });
    await backend.coordinate(
      {
        ...input,
        led: (epoch) => say({ kind: "led", epoch }),
        ceased: (epoch, reason) => say({ kind: "ceased", epoch, reason }),
        tell: (effect) => void (told.has(effect.kind) && say(effect)),
      },
      leaving.signal,
    );
  } finally {
    await backend.close();
  }
}

function readWords(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "null");
  } catch (cause) {
    throw new SwarmError("usage.invalid", "Cannot coordinate: what it was told is not JSON", {
      hint: `Give it as JSON: '{"namespace":"live","agents":5}'`,
      cause,
    });
  }
}

// Whoever started it may be gone: what it says then goes nowhere, and that is no reason to stop coordinating.
process.stdout.on("error", () => undefined);
main().catch((thrown: unknown) => {
  const fault = SwarmError.from(thrown);
  process.stderr.write(`${JSON.stringify({ code: fault.code, reason: fault.message, hint: fault.hint })}\n`);
  process.exitCode = fault.row.exitCode;
});
