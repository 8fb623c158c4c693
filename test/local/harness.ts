// What the local tests share: a server with few spares, the real SDK pointed at it, and counts of what is left behind.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { E2B, type Sandbox } from "e2b/dist/index.mjs";
import { stopLocalServer, type EnsureOptions } from "../../src/local/daemon.ts";
import { startLocalServer, type LocalServer, type LocalServerOptions } from "../../src/local/server.ts";

/** Why tests that need bubblewrap cannot run here, or null. */
export const noBwrap = probe("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"]);
/** Why tests that run as another, ordinary user cannot run here, or null. */
export const noOrdinaryUser =
  process.getuid?.() === 0 ? probe("id", ["-u", "tester"]) : "only root can become another user";

function probe(command: string, args: string[]): string | null {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return null;
  } catch {
    return `${command} ${args.join(" ")} does not work on this machine`;
  }
}

export interface Local {
  readonly server: LocalServer;
  readonly sdk: InstanceType<typeof E2B>;
  readonly options: { readonly apiUrl: string; readonly sandboxUrl: string; readonly apiKey: string };
}

export async function startLocal(options: LocalServerOptions = {}): Promise<Local> {
  const server = await startLocalServer({ spares: 1, ...options });
  const to = { apiUrl: server.url, sandboxUrl: server.url, apiKey: server.apiKey };
  return { server, sdk: new E2B(to), options: to };
}

/** Output of a command, whatever its exit code. */
export async function outputOf(sandbox: Sandbox, command: string): Promise<{ code: number; out: string; err: string }> {
  const handle = await sandbox.commands.run(`{ ${command}\n}`, { background: true });
  const end = await handle.wait().catch((error: { result?: unknown }) => error);
  const { exitCode, stdout, stderr } = end as { exitCode: number; stdout: string; stderr: string };
  return { code: exitCode, out: stdout, err: stderr };
}

/** Host pids whose command line or environment belongs to a run folder or an agent started by `parent`. */
export function descendants(parent: number): number[] {
  const parents = new Map<number, number>();
  const text = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  for (const line of text.trim().split("\n")) {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && ppid !== undefined) parents.set(pid, ppid);
  }
  const found: number[] = [];
  const walk = (above: number): void => {
    for (const [pid, ppid] of parents) {
      if (ppid !== above) continue;
      found.push(pid);
      walk(pid);
    }
  };
  walk(parent);
  return found;
}

export function runFolders(parent: string): string[] {
  return existsSync(parent) ? readdirSync(parent).filter((name) => name.startsWith("e2bs-")) : [];
}

/** cgroup folders that carry a run folder's name. */
export function cgroupsOf(name: string): string[] {
  if (!existsSync("/sys/fs/cgroup")) return [];
  const found = execFileSync("find", ["/sys/fs/cgroup", "-maxdepth", "6", "-type", "d", "-name", name], {
    encoding: "utf8",
  });
  return found.split("\n").filter((line) => line !== "");
}

export function only(folder: string): string {
  const [name] = runFolders(folder);
  if (name === undefined) throw new Error(`no run folder in ${folder}`);
  return join(folder, name);
}

export interface DaemonHome {
  readonly folder: string;
  /** For `ensureLocalServer` and `stopLocalServer`. */
  readonly options: EnsureOptions;
  remove(): Promise<void>;
}

/** A home and a temporary folder for servers that run as processes of their own. */
export function makeDaemonHome(): DaemonHome {
  const folder = mkdtempSync("/tmp/e2bt-");
  chmodSync(folder, 0o711);
  const [home, TMPDIR] = [join(folder, "home"), join(folder, "tmp")];
  mkdirSync(TMPDIR, { mode: 0o711 });
  const options = { spares: 1, env: { ...process.env, E2B_SWARM_HOME: home, TMPDIR } };
  const remove = async (): Promise<void> => {
    await stopLocalServer(options);
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, options, remove };
}
