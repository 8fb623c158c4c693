// Runs the public E2B JavaScript SDK test suite, with the published SDK, against a local server of its own.
//
//   node tools/build.mjs --emit-only                             the server that is tested is dist/ of this tree
//   node tools/e2b-suite.mjs <checkout> [options]
//
// <checkout> is a clone of github.com/e2b-dev/E2B (bare or with a work tree); nothing is written to it and none of its
// code is kept. Tests are copied to a temporary folder, dependencies come from the npm registry at the versions pinned
// in e2b-suite/workspace.mjs.
//
//   --plain            HTTP on 127.0.0.1: E2B_API_URL and E2B_SANDBOX_URL (default). Only the seven cases that fetch
//                      https://<getHost> themselves use TLS, on the same port
//   --tls              E2B_DOMAIN=<name>:<port>, HTTP/2, generated CA
//   --only <pattern>   regular expression over file paths, for instance 'commands/|host.test'; repeatable
//   --title <pattern>  regular expression over the cases' full titles
//   --json <file>      writes every case with its outcome
//   --at-least <n>     exit code 0 from n passes on (default: every case of the run)
//   --workspace <dir>  keeps the installed dependencies there for the next run (several runs may share it)
//   --project <dir>    tests the dist/ of another tree
//   --isolation <x>    bwrap (default), gvisor, none
//   --workers <n>      test files at once (default: one per core, at most 4)
//   --no-test-internet runs without the test internet (below)
//   --failures         prints the whole message of each miss
//   --find-live        determines the list of live cases anew (the suite's own source against a dead address) and
//                      writes e2b-suite-live.json
//
// Seven cases fetch from hosts of the real internet. No sandbox may: the whole run happens in a network and a mount
// namespace of its own, with a test internet in it (e2b-suite/test-internet.mjs; root, unshare, nsenter, ip, mount). Where
// that cannot be made, these cases do not run and count as missed.
//
// Scored are the live cases of e2b-suite-live.json by (file, title, occurrence); cases that mock the network with msw
// prove nothing about a server and are not counted. Exit codes: 0 reached, 1 missed, 2 usage or set-up failed.
import { cpus } from "node:os";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findLive } from "./e2b-suite/find-live.mjs";
import { openWorkspace } from "./e2b-suite/workspace.mjs";
import { runVitest } from "./e2b-suite/run-vitest.mjs";
import { startServer } from "./e2b-suite/start-server.mjs";
import { printTable, score } from "./e2b-suite/score.mjs";
import { missingForInternet, noInternet, openInternet } from "./e2b-suite/test-internet.mjs";

/** They talk to 1.1.1.1, 8.8.8.8 and connectivitycheck.gstatic.com. */
const internetCases = [
  "internet access enabled > internet access enabled",
  "internet access default > internet access default",
  "allow only 1.1.1.1 > allow specific IP with deny all traffic",
  "deny specific IP address > deny specific IP address",
  "allow takes precedence over deny > allow takes precedence over deny",
  "updateNetwork applies new egress rules > denies a previously reachable IP after update",
  "updateNetwork clears existing rules when fields are omitted > omitting fields replaces all egress rules",
];

const liveFile = join(import.meta.dirname, "e2b-suite-live.json");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    plain: { type: "boolean" },
    tls: { type: "boolean" },
    only: { type: "string", multiple: true },
    title: { type: "string" },
    json: { type: "string" },
    "at-least": { type: "string" },
    workspace: { type: "string" },
    project: { type: "string" },
    isolation: { type: "string" },
    "no-test-internet": { type: "boolean" },
    workers: { type: "string" },
    failures: { type: "boolean" },
    "find-live": { type: "boolean" },
  },
});

async function main() {
  const [checkout] = positionals;
  if (checkout === undefined || (values.tls && values.plain)) {
    process.stderr.write("usage: node tools/e2b-suite.mjs <checkout of e2b-dev/E2B> [--plain | --tls] [options]\n");
    return 2;
  }
  const workers = Number(values.workers ?? Math.min(4, cpus().length));
  const workspace = openWorkspace(checkout, { folder: values.workspace, withSource: values["find-live"] === true });
  try {
    if (values["find-live"]) {
      const live = await findLive(workspace, workers);
      writeFileSync(liveFile, `${JSON.stringify(live, null, 1)}\n`);
      process.stdout.write(`${live.total} live cases in ${Object.keys(live.cases).length} files\n`);
      return 0;
    }
    return await runLive(workspace, workers);
  } finally {
    workspace.remove();
  }
}

async function runLive(workspace, workers) {
  const live = JSON.parse(readFileSync(liveFile, "utf8"));
  const patterns = (values.only ?? []).map((text) => new RegExp(text));
  const files = Object.keys(live.cases).filter((f) => patterns.length === 0 || patterns.some((p) => p.test(f)));
  if (files.length === 0) throw new Error(`no file with live cases matches ${patterns.join(", ")}`);
  const mode = values.tls ? "tls" : "plain";
  const missing = values["no-test-internet"] ? "--no-test-internet" : missingForInternet();
  const left = missing === null ? [] : internetCases;
  const reason = `not run, there is no test internet: ${missing}`;
  const { outcome, label } = await runInside(workspace, { files, workers, mode, left, hasInternet: missing === null });
  const title = values.title === undefined ? null : new RegExp(values.title);
  const scored = score(live, files, outcome, { title, left, reason });
  const internet = missing === null ? "test internet" : "no test internet";
  printTable(scored, { mode, internet, label, commit: workspace.commit, details: values.failures === true });
  if (values.json !== undefined) {
    const told = { mode, internet, label, suite: workspace.commit, ...scored };
    writeFileSync(values.json, `${JSON.stringify(told, null, 1)}\n`);
  }
  return scored.passed >= Number(values["at-least"] ?? scored.total) ? 0 : 1;
}

async function runInside(workspace, { files, workers, mode, left, hasInternet }) {
  const internet = hasInternet ? await openInternet() : noInternet;
  try {
    const project = values.project ?? join(import.meta.dirname, "..");
    const server = await startServer({ project, mode, isolation: values.isolation ?? "bwrap", internet });
    try {
      const title = left.length === 0 ? values.title : titleWithout(left, values.title);
      const outcome = await runVitest(workspace, { files, workers, title, env: server.env, internet });
      return { outcome, label: server.label };
    } finally {
      await server.stop();
    }
  } finally {
    await internet.close();
  }
}

/** A pattern over full titles, which vitest joins with spaces. */
function titleWithout(left, title = "") {
  const texts = left.map((one) => one.replaceAll(" > ", " ").replaceAll(".", "\\."));
  return `^(?!(?:${texts.join("|")})$)(?=.*(?:${title}))`;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);
