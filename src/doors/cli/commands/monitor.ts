// `monitor`: look after look at everything that runs, until it is interrupted or its time is over. A look that fails is shown, and
// the next one is taken all the same.
import { SwarmError } from "../../../contracts/swarm-error.ts";
import { stopExitCode } from "../../stop-signal.ts";
import type { CommandSpec, Outcome, Values } from "../command-spec.ts";
import { openView, type View } from "../monitor/views.ts";
import { asNumberPairs, asSeconds } from "../readers.ts";
import { wireForm } from "../wire-form.ts";
import type { Session } from "../session.ts";

const shortestSeconds = 0.2;
const defaultSeconds = 5;

export const monitorCommand: CommandSpec = {
  name: "monitor",
  group: "Evidence",
  summary: "Watch sandboxes, agents, cost and alerts",
  schema: "monitor.input",
  operands: [],
  options: [
    { flags: "-i, --interval <duration>", key: "interval", text: "between two looks (default: 5s)", read: asSeconds },
    {
      flags: "-d, --duration <duration>",
      key: "duration",
      text: "end after it (default: when interrupted)",
      read: asSeconds,
    },
    { flags: "--once", key: "once", text: "one look" },
    { flags: "--alert <key=number>", key: "alerts", read: asNumberPairs },
  ],
  examples: [
    "e2b-swarm monitor",
    "e2b-swarm monitor --once --json",
    "e2b-swarm monitor --interval 1m --duration 48h --alert budgetShare=0.5 > monitor.ndjson",
  ],
  async run(values, session) {
    const { interval = defaultSeconds, duration = null, once = false, ...input } = values;
    const everyMs = 1_000 * seconds("interval", interval);
    const forMs = duration === null ? Infinity : 1_000 * seconds("duration", duration);
    const { page, env, json } = session;
    if (once === true && json) {
      return { data: wireForm("monitor.output", await session.call("getE2bMonitor", input)), text: "" };
    }
    const view = openView({ page, env, json, once: once === true, everyMs });
    const ended = await watch(session, view, { input, everyMs, forMs, once: once === true });
    return { data: null, text: "", silent: true, ...ended } satisfies Outcome;
  },
};

interface Watching {
  readonly input: Values;
  readonly everyMs: number;
  readonly forMs: number;
  readonly once: boolean;
}

async function watch(
  session: Session,
  view: View,
  { input, everyMs, forMs, once }: Watching,
): Promise<{ exitCode: number }> {
  const { clock, signal } = session;
  const beganNs = clock.monotonicNs();
  const sinceMs = (): number => Number(clock.monotonicNs() - beganNs) / 1e6;
  const now = (): string => new Date(clock.nowMs()).toISOString();
  let exitCode = 0;
  try {
    for (let iteration = 1; ; iteration += 1) {
      exitCode = await look(session, view, { input, iteration, ts: now() });
      // A look that took longer than the interval costs looks; they are not made up for.
      const nextMs = Math.min(forMs, (Math.floor(sinceMs() / everyMs) + 1) * everyMs);
      if (once || signal.aborted) break;
      await clock.sleep(Math.max(0, nextMs - sinceMs()), signal).catch(() => undefined);
      if (signal.aborted || sinceMs() >= forMs) break;
    }
  } finally {
    view.close(signal.aborted ? "interrupted" : once ? "once" : "duration", now());
  }
  return { exitCode: signal.aborted ? stopExitCode(signal) : exitCode };
}

/** The exit code if it were the last. A wrong argument and a missing key would only be refused again: they end it. */
async function look(
  session: Session,
  view: View,
  { input, iteration, ts }: { readonly input: Values; readonly iteration: number; readonly ts: string },
): Promise<number> {
  try {
    view.look(await session.call("getE2bMonitor", input), iteration);
    return 0;
  } catch (thrown) {
    const fault = SwarmError.from(thrown);
    if (session.signal.aborted) return 0;
    if (/^(usage|auth)\./.test(fault.code)) throw fault;
    view.failed(fault, iteration, ts);
    return fault.row.exitCode;
  }
}

function seconds(name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= shortestSeconds) return value;
  throw new SwarmError(
    "usage.invalid",
    `Cannot accept --${name}: it must be a duration of at least ${shortestSeconds} s`,
    {
      hint: "Write for instance 500ms, 5s, 1m or 48h",
      details: { field: name },
    },
  );
}
