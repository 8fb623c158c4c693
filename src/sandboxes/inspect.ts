// Looking: the target is asked, never our memory of it.
import type { SandboxRecord } from "../contracts/sandbox.ts";
import { requestTimeoutMs } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { listMarked } from "./reading/looks.ts";
import { metricsOf, recordOf, type SandboxStatus } from "./records.ts";

export async function listAll(reach: Reach, mine: boolean): Promise<readonly SandboxRecord[]> {
  const metadata: Record<string, string> = mine ? { owner: reach.owner } : {};
  return (await listMarked(reach, metadata)).map((info) => recordOf(info, reach.connection));
}

export async function inspect(reach: Reach, sandboxId: string): Promise<SandboxRecord> {
  return recordOf(await reach.looks.info(sandboxId), reach.connection);
}

export async function statusOf(reach: Reach, sandboxId: string): Promise<SandboxStatus> {
  const doing = { what: `look at ${sandboxId}`, about: "sandbox", repeatable: true } as const;
  const [record, sample, processes] = await Promise.all([
    inspect(reach, sandboxId),
    reach.looks.metrics(sandboxId),
    reach.use(sandboxId, doing, ({ sandbox }) => sandbox.commands.list({ requestTimeoutMs })),
  ]);
  const uptimeSeconds = Math.max(0, (reach.clock.nowMs() - Date.parse(record.createdAt)) / 1_000);
  return { ...record, uptimeSeconds, metrics: metricsOf(sample), processesRunning: processes.length };
}
