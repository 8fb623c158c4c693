// Looking: the target is asked, never our memory of it.
import type { SandboxRecord } from "../contracts/sandbox.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { maxPages, requestTimeoutMs } from "./limits.ts";
import type { Reach } from "./reach.ts";
import { metricsOf, recordOf, type SandboxStatus } from "./records.ts";
import type { SandboxInfo } from "./sdk.ts";

export async function listAll(reach: Reach, mine: boolean): Promise<readonly SandboxRecord[]> {
  const metadata: Record<string, string> = mine ? { owner: reach.owner } : {};
  return (await listMarked(reach, metadata)).map((info) => recordOf(info, reach.connection));
}

/** Every sandbox whose metadata holds these pairs. */
export function listMarked(reach: Reach, metadata: Record<string, string>): Promise<readonly SandboxInfo[]> {
  return reach.ask({ what: "list sandboxes", about: "list" }, async ({ Sandbox }) => {
    const query = Object.keys(metadata).length === 0 ? {} : { query: { metadata } };
    const pages = Sandbox.list({ ...query, requestTimeoutMs });
    const found: SandboxInfo[] = [];
    for (let page = 0; pages.hasNext; page++) {
      if (page >= maxPages) {
        throw new SwarmError("target.failed", `Cannot list sandboxes: the target has more than ${maxPages} pages`, {
          hint: "End sandboxes that nobody needs",
        });
      }
      found.push(...(await pages.nextItems()));
    }
    return found;
  });
}

export function inspect(reach: Reach, sandboxId: string): Promise<SandboxRecord> {
  return reach.ask({ what: `look at ${sandboxId}`, about: "sandbox" }, async ({ Sandbox }) =>
    recordOf(await Sandbox.getInfo(sandboxId, { requestTimeoutMs }), reach.connection),
  );
}

export async function statusOf(reach: Reach, sandboxId: string): Promise<SandboxStatus> {
  const doing = { what: `look at ${sandboxId}`, about: "sandbox" } as const;
  const [record, samples, processes] = await Promise.all([
    inspect(reach, sandboxId),
    reach.ask(doing, ({ Sandbox }) => Sandbox.getMetrics(sandboxId, { requestTimeoutMs })),
    reach.use(sandboxId, doing, ({ sandbox }) => sandbox.commands.list({ requestTimeoutMs })),
  ]);
  const uptimeSeconds = Math.max(0, (reach.clock.nowMs() - Date.parse(record.createdAt)) / 1_000);
  return { ...record, uptimeSeconds, metrics: metricsOf(samples), processesRunning: processes.length };
}
