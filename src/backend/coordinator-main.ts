// The coordinator as a program: `node coordinator-main.js '{"namespace":…,"agents":…}'`. One line of JSON on stdout for each
// thing that happened, with the time of the machine's monotonic clock. A signal hands the lease over; the agents run on.
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { realClock } from "../host/clock.ts";
import type { SwarmEffect } from "../swarm/core/effects.ts";
import { openBackend } from "./compose.ts";
import type { CoordinatorOptions } from "./coordinator/run-coordinator.ts";

function optionsOf(text: string | undefined): Pick<CoordinatorOptions, "namespace" | "agents" | "policy"> {
  const value: unknown = JSON.parse(text ?? "null");
  if (!isRecord(value) || typeof value.namespace !== "string" || typeof value.agents !== "number") {
    throw new SwarmError("usage.invalid", "Cannot coordinate: no namespace and number of agents were given", {
      hint: `Give them as JSON: '{"namespace":"live","agents":5}'`,
    });
  }
  const { namespace, agents, maxAttempts, slotsPerAgent } = value;
  const policy = {
    ...(typeof maxAttempts === "number" ? { maxAttempts } : {}),
    ...(typeof slotsPerAgent === "number" ? { slotsPerAgent } : {}),
  };
  return { namespace, agents, policy };
}

const say = (line: object): void => {
  process.stdout.write(`${JSON.stringify({ atNs: String(realClock.monotonicNs()), ...line })}\n`);
};
/** Neither votes nor the noise of the record. */
const told = new Set<SwarmEffect["kind"]>([
  ...(["send", "done", "dead", "fenced", "expired", "start", "adopt", "restart", "replace", "stop"] as const),
  ...(["detected", "recovered", "escalated", "scaled"] as const),
]);

const leaving = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => leaving.abort());
const backend = await openBackend();
say({ kind: "ready", pid: process.pid });
await backend.coordinate(
  {
    ...optionsOf(process.argv[2]),
    led: (epoch) => say({ kind: "led", epoch }),
    ceased: (epoch, reason) => say({ kind: "ceased", epoch, reason }),
    tell: (effect) => void (told.has(effect.kind) && say(effect)),
  },
  leaving.signal,
);
await backend.close();
