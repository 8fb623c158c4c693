// Who is who below a server: its janitor, the bwrap outside each cell, the cell's first process, the agent, and whatever
// short-lived worker it has started.
import { readFileSync, readdirSync } from "node:fs";

function read(path) {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** `{ pid, ppid, name, startedAt }` of every process that is not a zombie. */
export function allProcesses() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = read(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (stat === "" || fields[0] === "Z" || fields[0] === "X") return [];
      const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      return [{ pid: Number(name), ppid: Number(fields[1]), name: command, startedAt: fields[19] }];
    });
}

export function isAlive({ pid, startedAt }) {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return stat !== "" && fields[19] === startedAt && fields[0] !== "Z" && fields[0] !== "X";
}

export function commandOf(pid) {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
}

export function environmentOf(pid) {
  return read(`/proc/${pid}/environ`).split("\0");
}

/** The server of a home folder, also one that has written nothing yet. */
export function findServer(home) {
  return allProcesses().find(({ pid }) => {
    const command = commandOf(pid);
    return command.includes("local/main.js") && command.includes(`"${home}"`);
  });
}

/** Everything below `root`, each with its part. */
export function family(root) {
  const all = allProcesses();
  const found = [];
  const walk = (parent, above) => {
    for (const one of all.filter(({ ppid }) => ppid === parent)) {
      const part = partOf(one, parent === root ? "server" : above);
      found.push({ ...one, part });
      walk(one.pid, part);
    }
  };
  walk(root, "server");
  return found;
}

function partOf({ name, pid }, above) {
  if (above === "server") {
    if (name === "bwrap") return "monitor";
    const command = commandOf(pid);
    return command.includes("janitor") ? "janitor" : "worker";
  }
  if (above === "monitor") return "inner";
  if (above === "inner") return "agent";
  return "command";
}

export function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
