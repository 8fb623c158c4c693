// Judges the ledger of a swarm: was every task done exactly once, by an agent of the swarm, on the inputs that were asked?
// Everything is recomputed from the ledger's lines; nothing of the coordinator is believed.
import { createHash, createPublicKey, verify } from "node:crypto";

const days = Array.from({ length: 250 }, (_, i) => new Date(Date.UTC(2016, 0, 4) + i * 86_400_000).toISOString());

/** The task of a number: ids in order, days of 2016. */
export function taskOf(number) {
  const day = days[number % days.length].slice(0, 10);
  return { taskId: `task-${String(number).padStart(6, "0")}`, payload: { symbol: "AAPL", day, bars: 60 } };
}

/** RFC 8785 for what proposals hold. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${members.join(",")}}`;
}

/** `inputs(payload)`: sha256 hex of what an agent must have been shown. Returns the findings; none = exactly once each. */
export function judgeLedger(lines, tasks, inputs) {
  const findings = [];
  const keys = new Map();
  const results = new Map();
  let seq = 0;
  for (const { change } of lines) {
    if (change === undefined) continue;
    if (change.seq !== seq + 1) findings.push(`the log jumps from ${seq} to ${change.seq}`);
    seq = change.seq;
    if (change.kind !== "put") {
      if (change.key?.startsWith("results/")) findings.push(`${change.key} was removed: ${change.kind}`);
      continue;
    }
    const { key, value } = change.entry;
    if (key.startsWith("places/")) keys.set(value.publicKey, key.slice("places/".length));
    if (!key.startsWith("results/")) continue;
    const taskId = key.slice("results/".length);
    results.set(taskId, [...(results.get(taskId) ?? []), change.entry]);
  }
  const queue = new Map(lines.flatMap((line) => (line.task === undefined ? [] : [[line.task, line]])));
  const end = lines.find(({ position }) => position !== undefined)?.position;
  if (end === undefined || seq < end) findings.push(`the ledger ends at ${seq}, the record at ${end ?? "?"}`);
  for (let at = 0; at < tasks; at += 1) {
    const { taskId, payload } = taskOf(at);
    findings.push(...judgeTask(taskId, results.get(taskId) ?? [], queue.get(taskId), keys, inputs(payload)));
    results.delete(taskId);
  }
  for (const taskId of results.keys()) findings.push(`${taskId} was done and never asked`);
  return findings;
}

function judgeTask(taskId, entries, kept, keys, inputsSha256) {
  if (entries.length === 0) return [`${taskId} is lost: no result in the record's log`];
  const findings = [];
  if (entries.length > 1) findings.push(`${taskId} was done ${entries.length} times`);
  if (kept?.state !== "done") findings.push(`${taskId} is ${kept?.state ?? "unknown"} in the queue`);
  const [{ value, version }] = entries;
  if (version !== 1) findings.push(`${taskId}: its first result has version ${version}`);
  if (canonical(kept?.result ?? null) !== canonical(value)) findings.push(`${taskId}: queue and log differ`);
  if (value.outcome !== "done") return [...findings, `${taskId} ended ${value.outcome}`];
  const { agentId, publicKey, proposal, signature } = value.result;
  if (keys.get(publicKey) !== agentId) findings.push(`${taskId}: answered under a key that ${agentId} never had`);
  const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
  const isSigned = verify(null, Buffer.from(canonical(proposal)), key, Buffer.from(signature, "base64"));
  if (!isSigned) findings.push(`${taskId}: the answer is not signed by ${agentId}`);
  if (proposal.agentId !== agentId || proposal.round !== taskId) findings.push(`${taskId}: it answers something else`);
  if (proposal.inputsSha256 !== inputsSha256) findings.push(`${taskId}: it rests on other inputs than were asked`);
  return findings;
}

/** What an agent must have been shown, from the installed prices: sha256 of the canonical text, by payload. */
export async function inputsOf() {
  const { loadTape } = await import("../../dist/src/market/read-tape.js");
  const { indexAsOf } = await import("../../dist/src/market/cut-tape.js");
  const { windowOf } = await import("../../dist/src/market/window.js");
  const tape = loadTape("AAPL");
  const known = new Map();
  return ({ symbol, day, bars }) => {
    const window = windowOf(tape, indexAsOf(tape, day), bars);
    const asked = { symbol, strategy: "momentum", params: {}, window, headlines: [], peers: [] };
    const digest = known.get(day) ?? createHash("sha256").update(canonical(asked)).digest("hex");
    known.set(day, digest);
    return digest;
  };
}

/** How the work was spread, from the ledger alone: the least and the most one agent did, and the sandboxes ever settled in. */
export function balanceOf(lines) {
  const work = new Map();
  const sandboxes = new Set();
  for (const { change } of lines) {
    if (change?.kind !== "put") continue;
    const { key, value } = change.entry;
    if (key.startsWith("places/")) sandboxes.add(value.sandboxId);
    const agentId = key.startsWith("results/") ? value.result?.agentId : undefined;
    if (agentId !== undefined) work.set(agentId, (work.get(agentId) ?? 0) + 1);
  }
  const counts = [...work.values()];
  return {
    workers: counts.length,
    leastDone: Math.min(...counts),
    mostDone: Math.max(...counts),
    sandboxes: sandboxes.size,
  };
}
