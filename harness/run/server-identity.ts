// Is the local server that announced itself ours? Its process must run this package's own program, and the announced port must
// be one that this process listens on; both are read from the operating system, not from the server.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { packageFolder } from "../../src/host/package-folder.ts";

const program = "dist/src/local/main.js";

/** Why it is not ours; null when it is, or where there is no /proc to ask. */
export function serverProblem(pid: number, port: number): string | null {
  if (!process.platform.startsWith("linux")) return null;
  try {
    const [, script = ""] = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    if (!script.endsWith(program) || !isOurs(script)) return "the announced server is not this package's program";
    return listensOn(pid, port) ? null : "the announced port is not one of the announced server";
  } catch {
    return "the process of the announced server cannot be looked at";
  }
}

/** Another copy of the same build is as good. */
function isOurs(script: string): boolean {
  return readFileSync(script).equals(readFileSync(packageFolder(program)));
}

function listensOn(pid: number, port: number): boolean {
  const inodes = new Set(["tcp", "tcp6"].flatMap((name) => listening(name, port)));
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkAt(`${folder}/${fd}`))?.[1];
    return inode !== undefined && inodes.has(inode);
  });
}

/** A descriptor may be closed between the listing and the look. */
function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Inodes of the sockets that listen on a port: state 0A in the kernel's table. */
function listening(name: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync(`/proc/net/${name}`, "utf8").split("\n").slice(1);
  const cells = rows.map((row) => row.trim().split(/\s+/));
  return cells.filter((cell) => cell[1]?.endsWith(wanted) === true && cell[3] === "0A").map((cell) => cell[9] ?? "");
}
