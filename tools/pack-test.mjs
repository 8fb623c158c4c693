// npm run pack:test [-- --nodes 20,22,24]: packs the package, installs it into an empty folder and tries every command from there
// on each line of Node, those that run long or for ever by their help. Other Nodes come through npx into npm's own cache. Everything it starts lives in a scratch folder and
// ends with it. Prints a line for each command; exit 0: all did what they should.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { nodes: { type: "string", default: "20,22,24" } } });
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-pack-"));
const empty = join(scratch, "empty");
// npm lends its settings to what it runs; a stranger's folder has none. No key: nothing here may reach a cloud.
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(E2B_|npm_)/.test(name)));
const env = {
  ...clean,
  HOME: scratch,
  XDG_STATE_HOME: join(scratch, "state"),
  E2B_SWARM_TARGET: "local",
  NO_COLOR: "1",
};
const longestMs = 120_000;
const counts = { passed: 0, failed: 0 };

function must(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", ...options });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** Path of the newest Node of a line, and its version. */
function nodeOf(line) {
  const print = "process.stdout.write(process.version + ' ' + process.execPath)";
  const [version, path] = must("npx", ["--yes", "--package", `node@${line}`, "--", "node", "-e", print], {
    cwd: scratch,
    env: clean,
  }).split(" ");
  if (!version.startsWith(`v${line}.`)) throw new Error(`asked for Node ${line}, got ${version}`);
  return { version, path };
}

function run(node, words, { input = "", cwd = empty } = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, words, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), longestMs);
    const out = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"]) child[name].on("data", (chunk) => (out[name] += chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ ...out, code: code ?? signal });
    });
  });
}

function report(version, name, problem) {
  counts[problem === "" ? "passed" : "failed"] += 1;
  process.stdout.write(
    `${problem === "" ? "ok  " : "FAIL"} ${version} ${name}${problem === "" ? "" : `: ${problem}`}\n`,
  );
}

const json = ({ stdout }) => JSON.parse(stdout);
const data = (done) => {
  const envelope = json(done);
  if (envelope.ok !== true) throw new Error(JSON.stringify(envelope.error));
  return envelope.data;
};
const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "pack-test", version: "1" } },
};
const library = `
  import { backtest, createE2bSandbox, executeE2bProcess, getVersion, terminateE2bSandbox } from "e2b-swarm";
  const { sandboxes: [one] } = await createE2bSandbox({ template: "base" });
  const { stdout } = await executeE2bProcess({ sandboxId: one.sandboxId, command: "echo from inside" });
  await terminateE2bSandbox({ sandboxId: one.sandboxId, force: true });
  const { results } = await backtest({ strategy: "momentum", symbols: ["AAPL"], start: "2015-01-02" });
  process.stdout.write(JSON.stringify({ stdout, version: (await getVersion({})).version, trades: results[0].metrics !== undefined }));
`;

/** Every command once: words, and what its end must look like. What runs for ever is asked for its help here. */
function journeys(bundle, version) {
  let id = "";
  let swarm = "";
  const is = (wanted) => (done) => done.code === wanted || `ended with ${done.code}: ${done.stderr}${done.stdout}`;
  const answersAs = (code, test) => (done) =>
    is(code)(done) === true ? test(data(done)) || done.stdout : is(code)(done);
  const answers = (test) => answersAs(0, test);
  const verdictCode = JSON.parse(readFileSync(join(bundle, "results.json"), "utf8")).exitCode;
  return [
    [["--version"], (done) => done.stdout === `${version}\n` || done.stdout],
    [["--help"], is(0)],
    [["list", "--json"], answers(({ total }) => total === 0)],
    [
      ["create", "--template", "base", "--json"],
      answers(({ sandboxes }) => {
        id = sandboxes[0].id;
        return id !== "";
      }),
    ],
    [() => ["status", id, "--json"], answers((one) => one.status === "running")],
    [() => ["exec", id, "--json", "--", "echo", "hello"], answers(({ stdout }) => stdout === "hello\n")],
    [["deploy", "--agent", "momentum", "--symbols", "AAPL", "--json"], is(0)],
    [["execute", "--symbols", "AAPL", "--json"], is(0)],
    [["template", "--help"], is(0)],
    [["health", "--json"], is(0)],
    [["monitor", "--once", "--json"], is(0)],
    [() => ["destroy", "--all", "--yes", "--json"], is(0)],
    [
      ["swarm", "init", "--topology", "star", "--json"],
      answers((made) => {
        swarm = made.swarm_id;
        return swarm !== "";
      }),
    ],
    [["agents", "--json"], is(0)],
    [["scale", "--help"], is(0)],
    [() => ["swarm", "shutdown", swarm, "--yes", "--json"], is(0)],
    [["backtest", "-s", "momentum", "--symbols", "AAPL", "--start", "2015-01-02", "--json"], is(0)],
    [["simulate", "--agents", "50", "--hours", "0.1", "--seed", "7", "--json"], is(0)],
    // No key, no odds: 4.
    [["fantasy", "nfl", "--json"], is(4)],
    [["plan", "--json"], is(0)],
    [["bench", "--help"], is(0)],
    [["validate", "--help"], is(0)],
    [["verify", bundle, "--json"], answersAs(verdictCode, ({ verified }) => verified === true)],
    [["report", bundle, "--out", "drawn", "--json"], is(0)],
    // A run beside itself compares nothing, and a report alone proves nothing: 6.
    [["diff", bundle, bundle, "--json"], is(6)],
    [["audit", join(bundle, "report.md"), "--json"], is(6)],
    [["completion", "bash"], is(0)],
    [["serve", "--help"], is(0)],
    [["mcp"], (done) => json(done).result?.serverInfo?.name === "e2b-swarm" || done.stdout + done.stderr, initialize],
    [["local", "status", "--json"], is(0)],
    [["local", "stop"], is(0)],
    [["nonsense"], is(2)],
  ];
}

async function tryOn(line, bundle) {
  const { version, path } = nodeOf(line);
  const bin = join(empty, "node_modules/e2b-swarm/bin/e2b-swarm.mjs");
  try {
    await tryAll({ version, path, bin }, bundle);
  } finally {
    await run(path, [bin, "local", "stop"]);
  }
}

async function tryAll({ version, path, bin }, bundle) {
  const installed = JSON.parse(readFileSync(join(empty, "node_modules/e2b-swarm/package.json"), "utf8")).version;
  for (const [words, test, message] of journeys(bundle, installed)) {
    const named = typeof words === "function" ? words() : words;
    const done = await run(path, [bin, ...named], {
      input: message === undefined ? "" : `${JSON.stringify(message)}\n`,
    });
    let verdict;
    try {
      verdict = test(done);
    } catch (thrown) {
      verdict = `${thrown.message}: ${done.stdout}${done.stderr}`;
    }
    report(version, named.slice(0, 2).join(" "), verdict === true ? "" : String(verdict).slice(0, 600));
  }
  const done = await run(path, ["--input-type=module", "-e", library]);
  const [wanted, got] = [JSON.stringify({ stdout: "from inside\n", version: installed, trades: true }), done.stdout];
  report(version, "the library", done.code === 0 && got === wanted ? "" : `${done.code}: ${got}${done.stderr}`);
}

try {
  mkdirSync(empty);
  must("npm", ["pack", "--pack-destination", scratch], { cwd: root, env: clean });
  const packed = readdirSync(scratch).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(empty, "package.json"), '{"private":true,"type":"module"}\n');
  must("npm", ["install", "--no-audit", "--no-fund", join(scratch, packed)], { cwd: empty, env: clean });
  for (const line of values.nodes.split(",")) await tryOn(line, join(root, "reports/example"));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.stdout.write(`pack test: ${counts.passed} passed, ${counts.failed} failed\n`);
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
