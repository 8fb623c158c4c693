// Drives the official E2B CLI, as published, against a local server of its own: what it prints and how it exits.
//
//   node tools/build.mjs --emit-only        the server that is tested is dist/ of this tree
//   node tools/e2b-cli.mjs [--workspace <dir>] [--project <dir>] [--only <pattern>] [--failures]
//
// As root, server and CLI run in the suite's test internet (e2b-suite/test-internet.mjs): neither can reach a real address.
// --workspace keeps the installed CLI for the next run; --project tests the dist/ of another tree. Exit codes: 0 every
// command worked, 1 some did not, 2 set-up failed.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startServer } from "./e2b-suite/start-server.mjs";
import { missingForInternet, noInternet, openInternet } from "./e2b-suite/test-internet.mjs";

const cliVersion = "2.19.0";
const commandMs = 120_000;

const { values } = parseArgs({
  options: {
    workspace: { type: "string" },
    project: { type: "string" },
    only: { type: "string" },
    failures: { type: "boolean" },
  },
});

function install(folder) {
  const program = join(folder, "node_modules/@e2b/cli/dist/index.js");
  if (!existsSync(program)) {
    writeFileSync(join(folder, "package.json"), `{"name":"e2b-cli-run","private":true}\n`);
    const args = ["install", "--no-audit", "--no-fund", "--silent", "--save-exact", `@e2b/cli@${cliVersion}`];
    execFileSync("npm", args, { cwd: folder, stdio: ["ignore", 2, 2] });
  }
  return program;
}

/** Runs one command, in a terminal of its own if it needs one; gives its exit code and everything it said. */
async function run(context, args, { input, endAfterMs, terminal = false } = {}) {
  const { PATH } = process.env;
  const words = [process.execPath, context.program, ...args];
  const inTerminal = ["script", "-qefc", words.join(" "), "/dev/null"];
  const [program, ...inside] = terminal ? inTerminal : words;
  const [command, rest] = context.internet.wrap(program, inside, context.project);
  const child = spawn(command, rest, {
    cwd: context.project,
    env: { PATH, HOME: context.home, NO_COLOR: "1", ...context.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (out += String(chunk)));
  if (input !== undefined) child.stdin.write(input);
  if (input === undefined) child.stdin.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), endAfterMs ?? commandMs);
  const code = await new Promise((done) => child.once("close", done));
  clearTimeout(timer);
  // oxlint-disable-next-line no-control-regex
  return { code, out: out.replaceAll(/\u001b\[[0-9;?]*[a-zA-Z]/g, "") };
}

/** Each step: a name, what to run, what must hold of the outcome. `at` carries ids from one step to the next. */
const steps = [
  {
    name: "sandbox create --detach",
    args: () => ["sandbox", "create", "--detach", "--timeout", "600", "base"],
    holds: ({ code, out }, at) => {
      at.id = /\b(i[a-z0-9]{20})\b/.exec(out)?.[1] ?? "none";
      return code === 0 && at.id !== "none";
    },
  },
  {
    name: "sandbox list --format json",
    args: () => ["sandbox", "list", "--format", "json"],
    holds: ({ code, out }, at) => code === 0 && out.includes(at.id),
  },
  {
    name: "sandbox list",
    args: () => ["sandbox", "list"],
    holds: ({ code, out }, at) => code === 0 && out.includes(at.id),
  },
  {
    name: "sandbox info",
    args: (at) => ["sandbox", "info", at.id],
    holds: ({ code, out }, at) => code === 0 && out.includes(at.id),
  },
  {
    name: "sandbox exec",
    args: (at) => ["sandbox", "exec", at.id, "echo", "from inside"],
    holds: ({ code, out }) => code === 0 && out.includes("from inside"),
  },
  {
    name: "sandbox exec (exit code)",
    args: (at) => ["sandbox", "exec", at.id, "exit", "7"],
    holds: ({ code }) => code === 7,
  },
  {
    name: "sandbox exec --cwd --env --user",
    args: (at) => ["sandbox", "exec", "-c", "/tmp", "-e", "A=b", "-u", "user", at.id, "pwd; echo $A; id -un"],
    holds: ({ code, out }) => code === 0 && /\/tmp\s+b\s+user/.test(out),
  },
  {
    name: "sandbox exec with stdin",
    args: (at) => ["sandbox", "exec", at.id, "head", "-n", "1"],
    input: "typed\n",
    endAfterMs: 20_000,
    holds: ({ out }) => out.includes("typed"),
  },
  {
    name: "sandbox connect (terminal)",
    args: (at) => ["sandbox", "connect", at.id],
    terminal: true,
    input: "echo $((40 + 2))\nexit\n",
    endAfterMs: 20_000,
    holds: ({ out }) => out.includes("42"),
  },
  {
    name: "sandbox metrics",
    args: (at) => ["sandbox", "metrics", "--format", "json", at.id],
    holds: ({ code, out }) => code === 0 && /cpu/i.test(out),
  },
  {
    name: "sandbox logs",
    args: (at) => ["sandbox", "logs", "--format", "json", at.id],
    holds: ({ code, out }) => code === 0 && !/error/i.test(out),
  },
  { name: "sandbox pause", args: (at) => ["sandbox", "pause", at.id], holds: ({ code }) => code === 0 },
  {
    name: "sandbox list --state paused",
    args: () => ["sandbox", "list", "--state", "paused"],
    holds: ({ code, out }, at) => code === 0 && out.includes(at.id),
  },
  { name: "sandbox resume", args: (at) => ["sandbox", "resume", at.id], holds: ({ code }) => code === 0 },
  {
    name: "sandbox snapshot create",
    args: (at) => ["sandbox", "snapshot", "create", at.id],
    holds: ({ code }) => code === 0,
  },
  { name: "sandbox snapshot list", args: () => ["sandbox", "snapshot", "list"], holds: ({ code }) => code === 0 },
  {
    name: "sandbox kill",
    args: (at) => ["sandbox", "kill", at.id],
    holds: ({ code, out }, at) => code === 0 && out.includes(at.id),
  },
  {
    name: "sandbox exec (gone)",
    args: (at) => ["sandbox", "exec", at.id, "true"],
    holds: ({ code, out }) => code !== 0 && /not found/i.test(out),
  },
  { name: "sandbox kill --all", args: () => ["sandbox", "kill", "--all"], holds: ({ code }) => code === 0 },
  {
    name: "template create",
    args: () => ["template", "create", "cli-check", "--cmd", "sleep 1000", "--ready-cmd", "true"],
    holds: ({ code, out }) => code === 0 && !/error/i.test(out),
  },
  {
    name: "template list",
    args: () => ["template", "list", "--format", "json"],
    holds: ({ code, out }) => code === 0 && out.includes("cli-check"),
  },
  {
    name: "sandbox create from the template",
    args: () => ["sandbox", "create", "--detach", "cli-check"],
    holds: ({ code, out }, at) => {
      at.built = /\b(i[a-z0-9]{20})\b/.exec(out)?.[1] ?? "none";
      return code === 0 && at.built !== "none";
    },
  },
  {
    name: "sandbox exec in the template",
    args: (at) => ["sandbox", "exec", at.built, "cat", "/srv/note"],
    holds: ({ code, out }) => code === 0 && out.includes("copied"),
  },
  { name: "sandbox kill (built)", args: (at) => ["sandbox", "kill", at.built], holds: ({ code }) => code === 0 },
  {
    name: "template publish",
    args: () => ["template", "publish", "--yes", "cli-check"],
    holds: ({ code }) => code === 0,
  },
  {
    name: "template unpublish",
    args: () => ["template", "unpublish", "--yes", "cli-check"],
    holds: ({ code }) => code === 0,
  },
  {
    name: "template delete",
    args: () => ["template", "delete", "--yes", "cli-check"],
    holds: ({ code }) => code === 0,
  },
  {
    name: "template list (deleted)",
    args: () => ["template", "list", "--format", "json"],
    holds: ({ code, out }) => code === 0 && !out.includes("cli-check"),
  },
];

async function main() {
  const scratch = mkdtempSync(join(tmpdir(), "e2b-cli-"));
  const kept = values.workspace === undefined ? scratch : resolve(values.workspace);
  mkdirSync(kept, { recursive: true });
  const project = join(scratch, "project");
  const home = join(scratch, "home");
  for (const folder of [project, home]) mkdirSync(folder);
  writeFileSync(join(project, "Dockerfile"), "FROM e2bdev/base\nRUN mkdir -p /tmp/built\nCOPY note /srv/note\n");
  writeFileSync(join(project, "note"), "copied\n");
  try {
    const program = install(kept);
    const tree = resolve(values.project ?? join(import.meta.dirname, ".."));
    const internet = missingForInternet() === null ? await openInternet() : noInternet;
    try {
      const server = await startServer({ project: tree, mode: "plain", isolation: "bwrap", internet });
      try {
        return await runSteps({ program, project, home, env: server.env, internet });
      } finally {
        await server.stop();
      }
    } finally {
      await internet.close();
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runSteps(context) {
  const at = {};
  let failed = 0;
  const pattern = new RegExp(values.only ?? "");
  for (const { name, args, holds, ...how } of steps.filter((step) => pattern.test(step.name))) {
    const outcome = await run(context, args(at), how);
    const passed = holds(outcome, at);
    if (!passed) failed += 1;
    const said = values.failures ? outcome.out : outcome.out.trim().split("\n").at(-1)?.slice(0, 160);
    process.stdout.write(
      `${passed ? "ok  " : "MISS"} e2b ${name}${passed ? "" : ` (exit ${outcome.code}): ${said}`}\n`,
    );
  }
  process.stdout.write(`@e2b/cli ${cliVersion}: ${failed} commands missed\n`);
  return failed === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
