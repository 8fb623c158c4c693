// Runs the public MCP checkers, in pinned versions, against our server and against the conformance fixtures behind our transport.
// Works from a fresh clone: what it needs comes through npx into npm's own cache, never into node_modules. Exit 0: all clean.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const root = join(import.meta.dirname, "..");
// The checkers need Node 22; the servers stay on this process's own Node.
const node = "node@22.23.3";
const released = "@modelcontextprotocol/conformance@0.1.16";
const next = "@modelcontextprotocol/conformance@0.2.0-alpha.12";
const inspector = "@modelcontextprotocol/inspector@2.12.0";
const stepMs = 300_000;

const fixtureFree = {
  [released]: [
    ["server-initialize"],
    ["logging-set-level"],
    ["ping"],
    ["tools-list"],
    ["resources-list"],
    ["prompts-list"],
    ["dns-rebinding-protection"],
    ["server-sse-multiple-streams"],
  ],
  [next]: [
    ["server-session-lifecycle"],
    ...[
      "caching",
      "http-header-validation",
      "sep-2164-resource-not-found",
      "tools-list",
      "resources-list",
      "prompts-list",
      "dns-rebinding-protection",
      "server-sse-multiple-streams",
    ].map((name) => [name, "--spec-version", "2026-07-28"]),
  ],
};
const withFixtures = [
  { tool: released, words: ["--suite", "all"] },
  { tool: next, words: ["--requirements", "2025-11-25"] },
  { tool: next, words: ["--requirements", "2026-07-28"] },
];
const inspections = [
  ["--method", "tools/list", "--strict"],
  ["--protocol-era", "modern", "--method", "tools/list", "--strict"],
  ["--method", "tools/call", "--tool-name", "getVersion"],
  ["--method", "tools/call", "--tool-name", "listE2bSandboxes", "--tool-args-json", '{"status":"running"}'],
  ["--method", "tools/call", "--tool-name", "monitorE2bHealth", "--tool-args-json", '{"include_all_sandboxes":true}'],
];

const cli = join(root, "bin/e2b-swarm.mjs");
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-checkers-"));
const failures = [];
// Neither a key for the checkers nor a folder of the user's for the servers: `local stop` would end what runs there.
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("E2B_")));

/** Resolves with the exit code and everything the command printed. */
function run(words, within = clean) {
  return new Promise((resolve) => {
    const child = spawn(words[0], words.slice(1), { cwd: scratch, env: within, stdio: ["ignore", "pipe", "pipe"] });
    const timer = setTimeout(() => child.kill("SIGKILL"), stepMs);
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    });
  });
}

function npx(tool, words) {
  return run(["npx", "--yes", "--package", node, "--package", tool, "--", ...words]);
}

async function step(name, running) {
  const { code, text } = await running;
  const plain = stripVTControlCharacters(text);
  const total = /^(?:Total: |Passed: ).*$/m.exec(plain)?.[0] ?? "";
  process.stdout.write(`${code === 0 ? "ok  " : "FAIL"} ${name}${total === "" ? "" : `  (${total})`}\n`);
  if (code === 0) return;
  failures.push(name);
  process.stdout.write(`${plain.split("\n").slice(-60).join("\n")}\n`);
}

// Checkers call tools: `http-header-validation` calls the first one listed, which makes a sandbox. It belongs to a local server
// of this run alone, which ends with it.
const env = { ...clean, HOME: scratch, XDG_STATE_HOME: join(scratch, "state"), E2B_SWARM_TARGET: "local" };

/** Starts a server that says where it is; `end` ends it. */
function start(words, where) {
  const child = spawn(process.execPath, words, { cwd: scratch, env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const url = new Promise((resolve, reject) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += chunk;
        const found = where.exec(text)?.[1];
        if (found !== undefined) resolve(found);
      });
    }
    void ended.then(() => reject(new Error(`a server ended: ${text}`)));
  });
  return {
    url,
    async end() {
      child.stdin.end();
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const conform = (tool, url, words) =>
  npx(tool, ["conformance", "server", "--url", url, ...words, "-o", join(scratch, "out")]);

try {
  const ours = start([cli, "mcp", "--http", "--port", "0"], /Serving MCP at (\S+)/);
  const url = await ours.url;
  for (const [tool, scenarios] of Object.entries(fixtureFree)) {
    for (const [scenario, ...more] of scenarios) {
      await step(`${tool} ${scenario} ${more.join(" ")}`, conform(tool, url, ["--scenario", scenario, ...more]));
    }
  }
  for (const words of inspections) {
    const command = ["mcp-inspector", "--cli", url, "--transport", "http", ...words];
    await step(`${inspector} ${words.join(" ")}`, npx(inspector, command));
  }
  await ours.end();
  await run([process.execPath, cli, "local", "stop"], env);
  const fixtures = start([join(root, "test/doors/mcp/conformance/fixture-server.mjs")], /"url":"([^"]+)"/);
  const fixtureUrl = await fixtures.url;
  for (const { tool, words } of withFixtures) {
    await step(`${tool} ${words.join(" ")}, with fixtures`, conform(tool, fixtureUrl, words));
  }
  await fixtures.end();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.stdout.write(failures.length === 0 ? "all clean\n" : `${failures.length} failed\n`);
process.exit(failures.length === 0 ? 0 : 1);
