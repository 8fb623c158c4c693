// From the SDK's words to ours: one sandbox as the target sees it.
import { templateAliases } from "../contracts/names.ts";
import type { SandboxRecord } from "../contracts/sandbox.ts";
import type { Connection } from "./connection.ts";
import type { SandboxInfo, UseSample } from "./sdk.ts";

/** What we write into a sandbox's metadata at the target; `owner` is a folder's id, `keep` who ends it. */
export interface Marks {
  readonly owner: string;
  readonly lease: string;
  /** The template as it was asked for; a target may know it by another name. */
  readonly template: string;
  readonly keep: "yes" | "no";
  /** `pid:start` of the process that made it. */
  readonly process: string;
  readonly name?: string;
}

export interface Metrics {
  readonly cpuPercent: number;
  readonly memoryUsedMb: number;
  readonly diskUsedMb: number;
}

export interface SandboxStatus extends SandboxRecord {
  readonly uptimeSeconds: number;
  /** null = the target has no measurement yet. */
  readonly metrics: Metrics | null;
  readonly processesRunning: number;
}

/** The target's name of a template; an alias is replaced. */
export function templateName(name: string): string {
  return (Object.hasOwn(templateAliases, name) ? templateAliases[name] : undefined) ?? name;
}

export function recordOf(info: SandboxInfo, connection: Connection): SandboxRecord {
  const template = askedFor(info, connection) ?? info.name ?? info.templateId;
  return {
    sandboxId: info.sandboxId,
    name: info.metadata.name ?? `${template}-${info.sandboxId}`,
    template,
    status: info.state,
    createdAt: info.startedAt.toISOString(),
    endAt: info.endAt.toISOString(),
    resources: { cpuCount: info.cpuCount, memoryMb: info.memoryMB },
    url: connection.urlOf(info.sandboxId),
  };
}

/** The name it was asked for by, when that is what the target made; else the target's own word counts. */
function askedFor({ metadata, name }: SandboxInfo, connection: Connection): string | null {
  const asked = metadata.template;
  return asked !== undefined && connection.templateOf(asked) === name ? asked : null;
}

export function metricsOf(last: UseSample | null): Metrics | null {
  if (last === null) return null;
  const mebibytes = (bytes: number): number => Math.max(0, bytes) / 1_048_576;
  return {
    cpuPercent: Math.max(0, last.cpuUsedPct),
    memoryUsedMb: mebibytes(last.memUsed),
    diskUsedMb: mebibytes(last.diskUsed),
  };
}
