// A PostgreSQL cluster for a test or a torture: made in a temp folder by an ordinary user, on a loopback port, gone at the end.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const programs = newestPrograms();

/** Why tests on PostgreSQL cannot run here, or null. */
export const noPostgres = whyNot();

/** `kill` ends the server and everything of it at once, as a power cut of the process would; `start` brings it back. */
export async function startCluster() {
  const folder = mkdtempSync(join(tmpdir(), "swarm-postgres-"));
  const data = join(folder, "data");
  const port = await freePort();
  const owner = ordinaryUser();
  if (owner !== null) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o700);
  const run = (program, args) => {
    const options = { cwd: folder, ...owner, env: { PATH: process.env.PATH, LC_ALL: "C" }, stdio: "pipe" };
    execFileSync(join(programs ?? "", program), args, options);
  };
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=100 -c shared_buffers=16MB`;
  const startOnce = () =>
    run("pg_ctl", ["-D", data, "-w", "-t", "60", "-l", join(folder, "log"), "-o", settings, "start"]);
  const start = async () => {
    // What was just killed may still hold the port and the shared memory for a moment.
    for (let tries = 1; ; tries += 1) {
      try {
        return startOnce();
      } catch (thrown) {
        if (tries >= 50) throw new Error(readFileSync(join(folder, "log"), "utf8").slice(-1_000), { cause: thrown });
        await sleep(100);
      }
    }
  };
  run("initdb", ["-D", data, "-A", "trust", "-U", "swarm", "-E", "UTF8", "--locale=C", "--no-sync"]);
  await start();
  const pid = () => Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
  return {
    url: `postgres://swarm@127.0.0.1:${port}/postgres`,
    folder,
    start,
    kill: () => {
      const postmaster = pid();
      const children = spawnSync("ps", ["-o", "pid=", "--ppid", String(postmaster)], { encoding: "utf8" });
      for (const one of [postmaster, ...children.stdout.trim().split(/\s+/).map(Number)]) {
        try {
          process.kill(one, "SIGKILL");
        } catch {
          // It ended with its parent.
        }
      }
    },
    stop: () => {
      try {
        if (existsSync(join(data, "postmaster.pid"))) run("pg_ctl", ["-D", data, "-w", "-m", "immediate", "stop"]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** initdb refuses to run as root. */
function ordinaryUser() {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "tester", "nobody"]) {
    const uid = spawnSync("id", ["-u", name], { encoding: "utf8" });
    const gid = spawnSync("id", ["-g", name], { encoding: "utf8" });
    if (uid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  return null;
}

function newestPrograms() {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const found = versions.map((version) => join(root, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  return found ?? null;
}

function whyNot() {
  if (programs === null) return "PostgreSQL is not installed (Debian package postgresql)";
  try {
    createRequire(import.meta.url).resolve("pg");
  } catch {
    return "the package pg is not installed";
  }
  return process.getuid?.() === 0 && ordinaryUser() === null ? "initdb needs an ordinary user" : null;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
