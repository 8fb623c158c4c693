// GET /metrics: what the sandbox may use and what its own processes do use, read from its /proc (no cgroup is visible
// inside). Private and shared-anonymous memory only, so
// that the shared text of Node is not counted once per process; disk is what its writable folders hold.
import { readFileSync, readdirSync } from "node:fs";
import { lstat, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Agent } from "./agent.ts";
import type { Message } from "./connect.ts";
import { realPath } from "./paths.ts";

const writable = ["/home", "/root", "/tmp", "/var", "/srv", "/mnt"] as const;
const maxVisited = 50_000;
const ticksPerSecond = 100;
const mib = 1_048_576;

let last = { ticks: 0, atNs: 0n };

export async function readMetrics(agent: Agent): Promise<Message> {
  const own = processes(agent);
  const nowNs = agent.clock.monotonicNs();
  const elapsed = last.atNs === 0n ? process.uptime() : Number(nowNs - last.atNs) / 1e9;
  const ticks = Math.max(0, own.ticks - last.ticks);
  last = { ticks: own.ticks, atNs: nowNs };
  const disk = await statfs(realPath(agent, "/"));
  const { cpuCount, memoryMb, diskMb } = agent.tenant.limits;
  const memoryBytes = Math.floor(memoryMb * mib);
  return {
    ts: Math.floor(agent.clock.nowMs() / 1000),
    cpu_count: cpuCount,
    cpu_used_pct: elapsed > 0 ? percent(ticks / ticksPerSecond / elapsed / cpuCount) : 0,
    mem_total: memoryBytes,
    mem_used: own.bytes,
    mem_cache: 0,
    mem_total_mib: Math.floor(memoryMb),
    mem_used_mib: Math.floor(own.bytes / mib),
    disk_used: await diskUsed(agent),
    disk_total: diskMb === null ? disk.blocks * disk.bsize : diskMb * mib,
  };
}

/** Of all the sandbox may use, two decimals. A burst between two ticks may look like more than there is. */
function percent(share: number): number {
  return Math.min(100, Math.round(share * 10_000) / 100);
}

/** With isolation none the host's /proc is all there is: then only this agent and its commands are counted. */
function processes(agent: Agent): { readonly bytes: number; readonly ticks: number } {
  let bytes = 0;
  let ticks = 0;
  const own =
    agent.config.rootPrefix === "" ? readdirSync("/proc") : [process.pid, ...agent.processes.keys()].map(String);
  for (const name of own) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      // utime, stime and those of its waited-for children: fields 14 to 17 of proc(5).
      for (const index of [11, 12, 13, 14]) ticks += Number(fields[index] ?? 0);
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      for (const match of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)) bytes += Number(match[1]) * 1024;
    } catch {
      // It ended between the listing and the look.
    }
  }
  return { bytes, ticks };
}

async function diskUsed(agent: Agent): Promise<number> {
  let bytes = 0;
  let visited = 0;
  const open = writable.map((path) => realPath(agent, path));
  for (let folder = open.pop(); folder !== undefined && visited < maxVisited; folder = open.pop()) {
    for (const name of await readdir(folder).catch(() => [])) {
      visited++;
      const stats = await lstat(join(folder, name)).catch(() => null);
      if (stats === null) continue;
      bytes += stats.blocks * 512;
      if (stats.isDirectory()) open.push(join(folder, name));
    }
  }
  return bytes;
}
