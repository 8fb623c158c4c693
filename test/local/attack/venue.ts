// Where the attacks run: a server of its own per isolation and per kind of user, as a program of its own, with two
// sandboxes, a stranger's files, processes and doors on the host around it.
import { spawn, spawnSync, execFileSync, type ChildProcess } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Sandbox } from "e2b/dist/index.mjs";
import { noBwrap, noOrdinaryUser } from "../harness.ts";

export type Backend = "bwrap" | "gvisor";
export type Who = "root" | "an ordinary user";

export interface Setting {
  readonly backend: Backend;
  readonly who: Who;
  /** Why it cannot be had on this machine, or null. */
  readonly missing: string | null;
}

const isRoot = process.getuid?.() === 0;
const noRunsc = spawnSync("runsc", ["--version"]).status === 0 ? null : "runsc is not installed";

export const settings: readonly Setting[] = (["bwrap", "gvisor"] as const).flatMap((backend) => {
  const absent = noBwrap ?? (backend === "gvisor" ? noRunsc : null);
  const ordinary = isRoot ? noOrdinaryUser : null;
  return [
    { backend, who: "root", missing: absent ?? (isRoot ? null : "only root can start it as root") },
    { backend, who: "an ordinary user", missing: absent ?? ordinary },
  ] as const;
});

export interface Verdict {
  readonly ok: boolean;
  readonly got: unknown;
}

export interface Venue {
  readonly setting: Setting;
  readonly one: Sandbox;
  readonly two: Sandbox;
  readonly server: { readonly url: string; readonly apiKey: string; readonly port: number; readonly pid: number };
  readonly host: HostSide;
  readonly runParent: string;
  /** Runs one attack in a sandbox. */
  attack(sandbox: Sandbox, args: readonly string[], user?: "root" | "user"): Promise<Verdict>;
  create(): Promise<Sandbox>;
  close(): Promise<void>;
}

/** What a sandbox must not reach; each thing is open to anybody who can name it. */
export interface HostSide {
  readonly secret: string;
  readonly socket: string;
  readonly abstract: string;
  readonly port: number;
  readonly victim: number;
  victimLives(): boolean;
}

const uid = (): number => Number(execFileSync("id", ["-u", "tester"], { encoding: "utf8" }));
const program = join(import.meta.dirname, "../../../dist/src/local/main.js");
const script = readFileSync(join(import.meta.dirname, "attack.py"), "utf8");

export async function openVenue(setting: Setting, more: { readonly diskMb?: number } = {}): Promise<Venue> {
  const folder = mkdtempSync("/tmp/e2bt-");
  const as = isRoot && setting.who === "an ordinary user" ? uid() : null;
  const runParent = join(folder, "t");
  for (const path of [runParent, join(folder, "h")]) {
    mkdirSync(path, { mode: 0o711 });
    if (as !== null) chownSync(path, as, as);
  }
  chmodSync(folder, 0o711);
  const host = await openHost(folder, as);
  const server = await startServer(folder, { ...more, isolation: setting.backend }, as);
  const to = { apiUrl: server.url, sandboxUrl: server.url, apiKey: server.apiKey };
  const create = async (): Promise<Sandbox> => {
    const sandbox = await Sandbox.create("base", { ...to, timeoutMs: 600_000 });
    await sandbox.files.write("/tmp/attack.py", script);
    return sandbox;
  };
  const attack: Venue["attack"] = async (sandbox, args, user = "user") => {
    const quoted = args.map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
    const command = `/usr/bin/python3 /tmp/attack.py ${quoted}`;
    const result = await sandbox.commands
      .run(command, { user, timeoutMs: 120_000 })
      .catch((error: { stdout?: string; stderr?: string; message: string }) => error);
    const line = (result.stdout ?? "").trim().split("\n").at(-1) ?? "";
    if (!line.startsWith("{")) return { ok: false, got: "message" in result ? result.message : result.stderr };
    return JSON.parse(line) as Verdict;
  };
  const [one, two] = [await create(), await create()];
  const close = async (): Promise<void> => {
    server.child.kill("SIGTERM");
    await server.ended;
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { setting, one, two, server, host, runParent, attack, create, close };
}

interface Started {
  readonly url: string;
  readonly apiKey: string;
  readonly port: number;
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

async function startServer(
  folder: string,
  options: { readonly isolation: Backend; readonly diskMb?: number },
  as: number | null,
): Promise<Started> {
  const home = join(folder, "h");
  const asked = JSON.stringify({ ...options, home, port: 0, spares: 0 });
  const child = spawn(process.execPath, [program, asked], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: "/",
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: join(folder, "t") },
    ...(as === null ? {} : { uid: as, gid: as }),
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const record = join(home, "server.json");
  for (let waited = 0; !existsSync(record); waited++) {
    if (waited > 400 || child.exitCode !== null) throw new Error(`the server did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { url, apiKey } = JSON.parse(readFileSync(record, "utf8")) as { url: string; apiKey: string };
  return { url, apiKey, port: Number(new URL(url).port), pid: child.pid ?? 0, child, ended };
}

async function openHost(folder: string, as: number | null): Promise<HostSide & { close(): Promise<void> }> {
  const secret = join(folder, "secret");
  writeFileSync(secret, "of the host");
  chmodSync(secret, 0o666);
  const socket = join(folder, "door");
  const abstract = `@e2bt-${folder.slice(-6)}`;
  const doors = await Promise.all([listen(0), listen(socket), listen(`\0${abstract.slice(1)}`)]);
  chmodSync(socket, 0o777);
  // With one id the victim has the very uid of the sandbox's processes.
  const victim = spawn("sleep", ["600"], { stdio: "ignore", ...(as === null ? {} : { uid: as, gid: as }) });
  const address = doors[0]?.address();
  return {
    secret,
    socket,
    abstract,
    port: typeof address === "object" && address !== null ? address.port : 0,
    victim: victim.pid ?? 0,
    victimLives: () => victim.exitCode === null && victim.signalCode === null,
    async close() {
      victim.kill("SIGKILL");
      await Promise.all(doors.map(async (door) => new Promise<void>((resolve) => door.close(() => resolve()))));
    },
  };
}

async function listen(where: number | string): Promise<Server> {
  const door = createServer((peer) => {
    peer.on("error", () => undefined);
    peer.end("of the host");
  });
  return new Promise((resolve, reject) => {
    door.once("error", reject);
    if (typeof where === "number") door.listen(where, "127.0.0.1", () => resolve(door));
    else door.listen(where, () => resolve(door));
  });
}
