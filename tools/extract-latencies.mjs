// Writes fixtures/simulation/measured-local.json: the latency model of the simulation, from the raw samples of the committed
// example run. With --check it fails when the file is stale. Only accepted samples of the measuring phase are taken.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = "reports/example/evidence";
const out = join(root, "fixtures/simulation/measured-local.json");

function measured(metric, what, shard = "bench") {
  const source = `${folder}/samples/${shard}/${metric}.ndjson`;
  const bytes = readFileSync(join(root, source));
  const rows = bytes
    .toString("utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const samples = rows.filter((row) => row.k === "s" && row.ph === "measure" && row.out === "ok");
  const kinds = new Set(samples.map((row) => `${row.provenance} ${row.target}`));
  if (samples.length === 0 || kinds.size !== 1) throw new Error(`${source}: no samples of one provenance`);
  const [provenance, target] = [...kinds][0].split(" ");
  return {
    what,
    provenance,
    target,
    source: `${source}, run ${rows[0].run}`,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    samplesUs: samples.map((row) => Math.round(row.dur / 1_000)).sort((a, b) => a - b),
  };
}

/** Change notification over a Unix socket: 0.4 ms half the time, 5 ms at the 99th percentile; the raw samples were not kept. */
const hop = {
  what: "one frame over one edge",
  provenance: "declared",
  target: "local",
  source: "reference on coordination, section 1: change notification through a Unix socket, p50 0.4 ms, p99 5 ms",
  sha256: null,
  samplesUs: [
    ...Array.from({ length: 50 }, (_, at) => 200 + at * 4),
    ...Array.from({ length: 49 }, (_, at) => 404 + at * 12),
    5_000,
  ],
};

const model = {
  id: "measured-local",
  note:
    "One two-core machine and its local target. It says nothing about the E2B cloud, and nothing about how latencies grow " +
    "when a hundred thousand agents share a network.",
  series: {
    hop,
    put: measured("bench.portfolio.update", "booking a fill and its durable write into the record", "bench-own"),
    work: measured("bench.swarm.vote", "five agents asked, the slowest answer durable: stands for one task"),
    restart: measured(
      "bench.sandbox.execute",
      "a process started in a running sandbox: stands for a program's restart",
    ),
    replace: measured("bench.agent.deploy-one", "a new sandbox until its agent's first signed answer"),
    vote: measured("bench.swarm.vote", "five agents asked, the slowest answer durable: stands for one ballot"),
  },
};

const text = `${JSON.stringify(model, null, 2).replace(/\[\s+([\d,\s]+?)\s+\]/g, (_, list) => `[${list.replace(/\s+/g, " ")}]`)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(out, "utf8") !== text) throw new Error(`${out} is stale: run node tools/extract-latencies.mjs`);
} else {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, text);
}
