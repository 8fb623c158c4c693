// Runs a validation under each impostor and reads every byte that it printed and wrote. What is looked for are the words that
// only a run with evidence may use, and the exit that only such a run may take.
import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identify } from "../../src/host/process-identity.ts";
import { packageVersion } from "../../src/host/package-version.ts";
import type { Impostor } from "./impostors.ts";
import { openCopy, type Copy } from "./plant.ts";
import { slipsIn } from "./printed-words.ts";
import { refusalIn, runCopy } from "./run-copy.ts";
import type { SabotageHost, Tried } from "./run-sabotage.ts";

/** Files that only say what was planned or observed are no printed matter; reports and summaries are. */
const printed = /\.(?:html|md|xml|json|sarif|svg|txt)$/;

export async function unmask(impostors: readonly Impostor[], host: SabotageHost): Promise<readonly Tried[]> {
  const tried: Tried[] = [];
  for (const one of impostors) {
    host.signal.throwIfAborted();
    tried.push(await tryImpostor(one, host));
    const { caught, saw, ms } = tried.at(-1) ?? { caught: false, saw: "", ms: 0 };
    host.progress(`${caught ? "unmasked" : "MISSED  "} ${one.id} (${ms} ms) ${saw}`);
  }
  return tried;
}

async function tryImpostor(one: Impostor, { clock, isolation }: SabotageHost): Promise<Tried> {
  const began = clock.monotonicNs();
  const copy = openCopy(one.edits ?? []);
  const server = one.server === true ? await announce(copy, isolation) : null;
  try {
    const env = { ...one.env, ...(one.preload === null ? {} : { NODE_OPTIONS: preloadIn(copy, one.preload) }) };
    const end = await runCopy(copy, { checks: one.checks, bench: false, isolation, env });
    const slips = [...slipsIn("what was printed", end.said), ...(end.bundle === null ? [] : slipsBelow(end.bundle))];
    const harmless = end.verdict === null || end.verdict === "REFUSED" || end.verdict === "INCOMPLETE";
    // A run of few checks is incomplete in any case: that alone unmasks nobody.
    const noticed = end.verdict === null || end.verdict === "REFUSED";
    const reason = noticed ? "" : `the run was ${end.verdict}, not refused`;
    return {
      id: one.id,
      sentence: one.sentence,
      expected: ["run"],
      caughtBy: noticed ? ["run"] : [],
      also: [],
      saw: slips[0] ?? (reason === "" ? refusalIn(end.said) : reason),
      verdict: end.verdict,
      caught: noticed && harmless && slips.length === 0,
      ms: Number((clock.monotonicNs() - began) / 1_000_000n),
    };
  } finally {
    server?.kill("SIGKILL");
    copy.remove();
  }
}

function preloadIn(copy: Copy, text: string): string {
  const path = join(copy.folder, "impostor.mjs");
  writeFileSync(path, text);
  return `--import=${path}`;
}

/** Reports and summaries beside the evidence; the evidence itself holds no verdict in words. */
function slipsBelow(folder: string): readonly string[] {
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && printed.test(entry.name),
  );
  return files.flatMap(({ name }) => slipsIn(name, readFileSync(join(folder, name), "utf8")));
}

/** Starts the canned server and writes its record where the package looks for a running one. */
async function announce(copy: Copy, isolation: string): Promise<ChildProcess> {
  const path = join(copy.folder, "canned.mjs");
  writeFileSync(path, cannedServer);
  const child = spawn(process.execPath, [path], { stdio: ["ignore", "pipe", "ignore"] });
  const port = await new Promise<string>((resolve) => child.stdout?.setEncoding("utf8").once("data", resolve));
  const identity = identify(child.pid ?? 0);
  const record = {
    url: `http://127.0.0.1:${port}`,
    apiKey: `e2b_${"0".repeat(40)}`,
    isolation,
    pid: identity?.pid ?? 0,
    startedAt: identity?.startedAt ?? "",
    version: packageVersion(),
    runParent: copy.folder,
  };
  writeFileSync(join(copy.home, "server.json"), JSON.stringify(record), { mode: 0o600 });
  return child;
}

const cannedServer = `import { createServer } from "node:http";
const now = () => new Date().toISOString();
const sandbox = { sandboxID: "icanned000000000001", templateID: "base", alias: "base", clientID: "local-bwrap", envdVersion: "0.2.0", startedAt: now(), endAt: now(), cpuCount: 1, memoryMB: 512, metadata: {}, state: "running" };
createServer((request, response) => { request.resume(); response.setHeader("content-type", "application/json"); response.end(JSON.stringify(request.url.includes("v2/sandboxes") ? [sandbox] : sandbox)); }).listen(0, "127.0.0.1", function () { process.stdout.write(String(this.address().port)); });`;
