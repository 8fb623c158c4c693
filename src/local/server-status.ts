// How the server is, for `local status`: its own account over HTTP, and the memory of its processes as the kernel counts it.
import { readdirSync, readFileSync } from "node:fs";
import type { LiveStatus } from "../contracts/local-server.ts";
import { check } from "../contracts/parse.ts";
import type { ControlPlane } from "./control-plane/context.ts";
import { statusPath } from "./faults/fault-limits.ts";
import { labelText } from "./isolation/backend.ts";

const answerMs = 2_000;
const processesAtMost = 10_000;

export function statusReader(
  plane: ControlPlane,
  server: { readonly startedNs: bigint; readonly profile: LiveStatus["profile"] },
): () => LiveStatus {
  return () => ({
    label: labelText(plane.label),
    uptimeSeconds: Number((plane.clock.monotonicNs() - server.startedNs) / 1_000_000n) / 1_000,
    sandboxes: plane.table.all().length,
    creating: plane.creating,
    maxSandboxes: plane.maxSandboxes,
    spares: plane.pool.waiting(),
    profile: server.profile,
  });
}

/** Null when the server does not answer in time, or not as this version does. */
export async function askStatus(url: string, apiKey: string): Promise<LiveStatus | null> {
  try {
    const response = await fetch(`${url}${statusPath}`, {
      headers: { "x-api-key": apiKey },
      signal: AbortSignal.timeout(answerMs),
    });
    const parsed = check("local.status", await response.json());
    return parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}

export interface MemoryUse {
  readonly serverMb: number;
  /** All processes of sandboxes and spares. */
  readonly sandboxesMb: number;
  readonly processes: number;
}

/** Each page counted once however many share it (PSS); resident size where the kernel does not tell. */
export function memoryUse(pid: number): MemoryUse {
  const below = descendants(pid);
  const sandboxes = below.reduce((sum, one) => sum + memoryKb(one), 0);
  return { serverMb: megabytes(memoryKb(pid)), sandboxesMb: megabytes(sandboxes), processes: below.length + 1 };
}

function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${name}/status`))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found: number[] = [];
  const waiting = [root];
  while (waiting.length > 0 && found.length < processesAtMost) {
    const next = children.get(waiting.shift() ?? 0) ?? [];
    found.push(...next);
    waiting.push(...next);
  }
  return found;
}

function memoryKb(pid: number): number {
  const shared = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(shared ?? /^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function megabytes(kb: number): number {
  return Math.round(kb / 102.4) / 10;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
