// Health compares what is recorded here with what the target says; a sandbox that vanished before its time is a loss.
import { accessSync, constants, existsSync } from "node:fs";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { requireIsolation } from "../../local/isolation/probe.ts";
import { handler } from "../handler.ts";
import type { Parts } from "../parts.ts";
import { knownSandboxes } from "./list.ts";

interface Probe {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export const handle = handler("health.input", "health.output", async (parts, { includeAllSandboxes = false }) => {
  const { target, isolation } = parts.settings;
  const { sandboxes: recorded, agents } = parts.state.read();
  const answer = await askTarget(parts);
  const known = answer.known;
  const alive = new Set(known.filter((sandbox) => sandbox.status === "running").map((sandbox) => sandbox.sandboxId));
  const unexpired = recorded.filter((row) => Date.parse(row.end_at) > parts.clock.nowMs());
  const lost = unexpired.filter((row) => !known.some((sandbox) => sandbox.sandboxId === row.id));
  const shown = includeAllSandboxes ? known : known.filter((one) => recorded.some((row) => row.id === one.sandboxId));
  const checks = [answer.probe, await probeIsolation(parts, answer.up), probeFolder(parts)];
  const issues = [
    ...checks.filter((probe) => !probe.ok).map((probe) => `${probe.name}: ${probe.detail}`),
    ...lost.map((row) => `sandbox ${row.id} is recorded here but the target does not know it`),
  ];
  const broken = checks.some((probe) => !probe.ok);
  return {
    status: broken ? ("unhealthy" as const) : lost.length > 0 ? ("degraded" as const) : ("healthy" as const),
    target,
    isolation: target === "local" ? isolation : ("provider" as const),
    sandboxes: {
      total: shown.length + lost.length,
      running: shown.filter((sandbox) => alive.has(sandbox.sandboxId)).length,
      lost: lost.length,
    },
    agents: { total: agents.length, active: agents.filter((agent) => alive.has(agent.sandbox_id)).length },
    checks,
    issues,
  };
});

async function askTarget(parts: Parts) {
  try {
    const known = await knownSandboxes(parts);
    const up = (await parts.sandboxesIfUp()) !== null;
    const detail = up ? "answers" : "not running; it starts with the next sandbox";
    return { known, up, probe: { name: "target", ok: true, detail } satisfies Probe };
  } catch (thrown) {
    const detail = SwarmError.from(thrown).message;
    return { known: [], up: false, probe: { name: "target", ok: false, detail } satisfies Probe };
  }
}

/** A server that runs has shown that it can isolate; one that does not would have to. */
async function probeIsolation({ settings }: Parts, up: boolean): Promise<Probe> {
  const { isolation, target } = settings;
  if (target === "cloud") return { name: "isolation", ok: true, detail: "is the provider's" };
  try {
    if (!up) await requireIsolation(isolation);
    return { name: "isolation", ok: true, detail: isolation };
  } catch (thrown) {
    const { message, hint } = SwarmError.from(thrown);
    return { name: "isolation", ok: false, detail: hint === undefined ? message : `${message}. ${hint}` };
  }
}

function probeFolder({ settings }: Parts): Probe {
  try {
    accessSync(settings.folder, constants.W_OK);
    return { name: "state", ok: true, detail: "the folder can be written" };
  } catch {
    const detail = existsSync(settings.folder) ? "the folder cannot be written" : "the folder does not exist";
    return { name: "state", ok: false, detail };
  }
}
