// What must not be there once a server is gone: processes (known by their identity or by the run's name in their first
// environment), mounts, cgroups, folders, and state files that cannot be read.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { allProcesses, commandOf, environmentOf, isAlive } from "./processes.mjs";

const controllers = ["memory", "pids", "cpu", "freezer", "unified", "."];

/** `names` are the run folders ever seen, `seen` the processes ever seen below the server. */
export function leftovers({ temporary, home, names, seen }) {
  const marked = allProcesses().filter(({ pid }) => {
    const entries = environmentOf(pid);
    return [...names].some((name) => entries.includes(`E2B_SWARM_RUN=${name}`));
  });
  const processes = [...new Map([...marked, ...seen.filter(isAlive)].map((one) => [one.pid, one])).values()];
  return [
    ...processes.map(({ pid, name }) => `process ${pid} ${name}: ${commandOf(pid).slice(0, 120)}`),
    ...runFolders(temporary).map((name) => `folder ${name}`),
    ...cgroups(names).map((path) => `cgroup ${path}`),
    ...mounts(temporary).map((line) => `mount ${line}`),
    ...unreadable(home).map((name) => `unreadable ${String(name)}`),
  ];
}

export function runFolders(temporary) {
  return existsSync(temporary) ? readdirSync(temporary).filter((name) => name.startsWith("e2bs-")) : [];
}

/** Servers started from here make their groups below this process's own. */
function cgroups(names) {
  const lines = readFileSync("/proc/self/cgroup", "utf8").trim().split("\n");
  const own = new Set(lines.map((line) => line.split(":")[2] ?? "/"));
  const parents = controllers.flatMap((name) => [...own].map((path) => join("/sys/fs/cgroup", name, path)));
  return [...names].flatMap((name) => [...new Set(parents)].map((parent) => join(parent, name)).filter(existsSync));
}

function mounts(temporary) {
  const lines = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return lines.filter((line) => line.includes(temporary));
}

function unreadable(folder) {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"));
  return names.filter((name) => {
    try {
      JSON.parse(readFileSync(join(folder, name), "utf8"));
      return false;
    } catch (error) {
      return error.code !== "ENOENT";
    }
  });
}
