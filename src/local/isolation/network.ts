// The way out of one cell: slirp4netns in user space as the only wire, nftables inside the cell's own network namespace
// as the only rules. Both run as the cell's owner, never as real root, and the wire is cut when the server dies.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import { pipeOut } from "./launch.ts";
import { nftScript, tapName, type NetworkRules } from "./network-rules.ts";
import { runToEnd } from "./run-to-end.ts";

/** The namespaces of a cell, taken while bwrap waits: later its user namespace may be a nested one without these rights. */
export interface CellSpaces {
  readonly user: number;
  readonly net: number;
}

export interface NetworkOwner {
  /** Whoever owns the cell's user namespace; null: this process's own user. */
  readonly ids: { readonly uid: number; readonly gid: number } | null;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
}

export interface CellNetwork {
  /** Null takes the wire away. */
  set(rules: NetworkRules | null): Promise<void>;
  close(): void;
}

const fds = { user: 3, net: 4, exit: 5, ready: 6 } as const;

/** What is missing for a network, as a sentence with its remedy, or null. */
export async function missingForNetwork(): Promise<string | null> {
  const programs = { slirp4netns: ["slirp4netns", "--version"], nftables: ["nft", "--version"] } as const;
  const missing: string[] = [];
  for (const [name, [program, ...args]] of Object.entries(programs)) {
    if ((await runToEnd(program, args)).code !== 0) missing.push(name);
  }
  return missing.length === 0
    ? null
    : `install ${missing.join(" and ")}: sudo apt-get install -y ${missing.join(" ")}, then start the local server again`;
}

export function openSpaces(pid: number): CellSpaces {
  return { user: openSync(`/proc/${pid}/ns/user`, "r"), net: openSync(`/proc/${pid}/ns/net`, "r") };
}

export function closeSpaces(spaces: CellSpaces): void {
  for (const fd of [spaces.user, spaces.net]) closeSync(fd);
}

export function cellNetwork(spaces: CellSpaces, owner: NetworkOwner): CellNetwork {
  let wire: ChildProcess | null = null;
  let closed = false;
  let last: Promise<void> = Promise.resolve();
  const apply = async (rules: NetworkRules | null): Promise<void> => {
    if (closed) throw new SwarmError("sandbox.gone", "Cannot change the network of a sandbox that has ended");
    if (rules === null) {
      wire?.kill("SIGKILL");
      wire = null;
      return;
    }
    // The rules stand before the wire does: no packet of a tenant leaves unjudged.
    await writeRules(spaces, owner, nftScript(rules));
    wire ??= await layWire(spaces, owner);
    if (closed) wire.kill("SIGKILL");
  };
  return {
    set: async (rules) => {
      const mine = last.then(async () => apply(rules));
      last = mine.catch(() => undefined);
      return mine;
    },
    close() {
      if (closed) return;
      closed = true;
      wire?.kill("SIGKILL");
      void last.finally(() => closeSpaces(spaces));
    },
  };
}

async function writeRules(spaces: CellSpaces, owner: NetworkOwner, script: string): Promise<void> {
  const enter = [`--user=/proc/self/fd/${fds.user}`, `--net=/proc/self/fd/${fds.net}`, "--preserve-credentials"];
  const child = spawn("nsenter", [...enter, "nft", "-f", "-"], {
    stdio: ["pipe", "ignore", "pipe", spaces.user, spaces.net],
    cwd: "/",
    env: { ...owner.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    ...owner.ids,
  });
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(script);
  const said = collect(child);
  const code = await new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  if (code !== 0) throw failed(`nftables refused the rules (${said()})`);
}

async function layWire(spaces: CellSpaces, owner: NetworkOwner): Promise<ChildProcess> {
  const options = ["--configure", "--mtu=65520", "--disable-host-loopback"];
  const ends = [`--exit-fd=${fds.exit}`, `--ready-fd=${fds.ready}`, `--userns-path=/proc/self/fd/${fds.user}`];
  const target = ["--netns-type=path", `/proc/self/fd/${fds.net}`, tapName];
  // Its exit pipe closes with this process, however that ends.
  const child = spawn("slirp4netns", [...options, ...ends, ...target], {
    stdio: ["ignore", "ignore", "pipe", spaces.user, spaces.net, "pipe", "pipe"],
    cwd: "/",
    env: { ...owner.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    ...owner.ids,
  });
  const said = collect(child);
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      stop();
      child.kill("SIGKILL");
      reject(failed(`slirp4netns ${reason} (${said()})`));
    };
    const stop = owner.clock.after(limits.startMs, () => fail("was not ready in time"));
    child.once("error", (cause) => fail(cause.message));
    child.once("exit", (code) => fail(`ended with exit code ${code}`));
    pipeOut(child, fds.ready).once("data", () => {
      stop();
      resolve(child);
    });
  });
}

function collect(child: ChildProcess): () => string {
  let text = "";
  pipeOut(child, 2).on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-500);
  });
  return () => text.trim().split("\n").at(-1) ?? "";
}

function failed(reason: string): SwarmError {
  return new SwarmError("target.failed", `Cannot give the sandbox a network: ${reason}`, {
    hint: "See docs/decisions/0014-hardening.md for what a network needs",
  });
}
