// Makes a fresh clone ready: dependencies, the system parts that sandboxes need, the build. Node built-ins only, safe to
// run any number of times and by two processes at once. Everything it says goes to stderr.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, lstatSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const say = (line) => process.stderr.write(`setup: ${line}\n`);
const run = (command, args, options = {}) =>
  spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });

requireNode();
await withLock(() => {
  installDependencies();
  build();
});
installBubblewrap();
nameOptional();

function requireNode() {
  const [major, minor, patch] = process.versions.node.split(".").map(Number);
  const fits = major === 20 ? minor > 18 || (minor === 18 && patch >= 1) : major >= 22;
  if (fits) return;
  say(`Node ${process.versions.node} is not supported: use 20.18.1 or later 20.x, or 22 and later`);
  process.exit(1);
}

function installDependencies() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules/.e2b-swarm-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  // npm ci would empty the folder that the link leads to, whoever else uses it.
  if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) {
    say(
      "node_modules is a link to a folder that does not fit package-lock.json: remove the link, or run npm ci where it leads",
    );
    process.exit(1);
  }
  say("installing dependencies (npm ci)");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const result = npm === undefined ? run("npm", args) : run(process.execPath, [npm, ...args]);
  if (result.status !== 0) {
    say("npm ci failed: see the lines above; without network, copy a node_modules that fits package-lock.json");
    process.exit(1);
  }
  writeFileSync(stamp, lock);
  // Hundreds of megabytes wait to be written; whatever runs next should not pay for them.
  run("sync", []);
}

function build() {
  const result = run(process.execPath, ["tools/build.mjs", "--if-stale", "--emit-only"]);
  if (result.status === 0) return;
  say("the build failed: see the lines above");
  process.exit(1);
}

/** Two set-ups at once must not run npm ci into the same folder. A lock whose holder died is taken over. */
async function withLock(work) {
  const lock = join(root, ".setup-lock");
  const deadline = Date.now() + 15 * 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, "pid"), String(process.pid));
      break;
    } catch {
      if (holderDied(lock)) rmSync(lock, { recursive: true, force: true });
      else if (Date.now() > deadline) {
        say(`another set-up holds ${lock}: wait for it, or remove the folder`);
        process.exit(1);
      } else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once("exit", release);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130));
  work();
  release();
}

function holderDied(lock) {
  try {
    const pid = Number(readFileSync(join(lock, "pid"), "utf8"));
    if (pid === process.pid) return true;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    if (error.code === "EPERM") return false;
    if (error.code === "ESRCH") return true;
    try {
      return Date.now() - statSync(lock).mtimeMs > 10_000;
    } catch {
      return false;
    }
  }
}

function installBubblewrap() {
  if (process.platform !== "linux") {
    say("sandboxes need Linux: what runs in a local sandbox is left out on this system");
    return;
  }
  if (works()) return;
  const present = run("bwrap", ["--version"], { stdio: "ignore" }).status === 0;
  if (present) {
    say("bubblewrap is installed but may not create user namespaces here; left out: everything in a sandbox");
    say("allow them with: sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0");
    return;
  }
  const command = installCommand();
  if (command !== null && process.getuid?.() === 0 && process.env.E2B_SWARM_NO_INSTALL !== "1") {
    say(`installing bubblewrap (${command.join(" ")})`);
    const quiet = { stdio: ["ignore", "ignore", 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    if (run(command[0], command.slice(1), quiet).status !== 0 && command[0] === "apt-get") {
      run("apt-get", ["update", "-qq"], quiet);
      run(command[0], command.slice(1), quiet);
    }
    if (works()) return;
  }
  say("bubblewrap is missing; left out: everything that runs in a sandbox, so a validation stays INCOMPLETE");
  say(
    `install it with: ${command === null ? "your system's package manager (package bubblewrap)" : `sudo ${command.join(" ")}`}`,
  );
}

/** Never installed from here: sandboxes and tests work without them. */
function nameOptional() {
  if (process.platform !== "linux") return;
  const absent = [
    ["runsc", "isolation gvisor"],
    ["slirp4netns", "a network for sandboxes that ask for one"],
    ["nft", "a network for sandboxes that ask for one", "nftables"],
    ["zsh", "the test of completion in zsh"],
    ["fish", "the test of completion in fish"],
  ].filter(([program]) => run(program, ["--version"], { stdio: "ignore" }).error !== undefined);
  for (const [program, what, name = program] of absent) say(`optional: ${name} is not installed; left out: ${what}`);
}

/** The real thing, not `which`: a container may forbid what the program needs. */
function works() {
  const args = ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"];
  return run("bwrap", args, { stdio: "ignore" }).status === 0;
}

function installCommand() {
  const managers = [
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "bubblewrap"],
    ["dnf", "install", "-y", "bubblewrap"],
    ["apk", "add", "bubblewrap"],
    ["pacman", "-S", "--noconfirm", "bubblewrap"],
    ["zypper", "--non-interactive", "install", "bubblewrap"],
  ];
  const found = managers.find(([name]) =>
    ["/usr/bin", "/sbin", "/usr/sbin", "/bin"].some((folder) => existsSync(join(folder, name))),
  );
  return found ?? null;
}
