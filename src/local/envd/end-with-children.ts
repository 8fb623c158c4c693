// Isolation `none` has no pid namespace: the agent itself ends what was started through it, when it is told to end and
// when the server that started it is gone.
import { readdirSync, readFileSync } from "node:fs";
import type { Agent } from "./agent.ts";

const parentCheckMs = 500;

export function endWithChildren(agent: Agent): void {
  const parent = process.ppid;
  const end = (): void => {
    for (const pid of [...agent.processes.keys()].map((own) => -own)) kill(pid);
    for (const pid of strays(agent)) kill(pid);
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  agent.clock.every(parentCheckMs, () => {
    if (process.ppid !== parent) end();
  });
}

/** Commands that left their process group still carry the sandbox's id in their environment. */
function strays(agent: Agent): number[] {
  const id = agent.tenant.envVars.E2B_SANDBOX_ID;
  if (id === undefined) return [];
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid && carries(pid, `E2B_SANDBOX_ID=${id}`));
}

function carries(pid: number, variable: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(variable);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
