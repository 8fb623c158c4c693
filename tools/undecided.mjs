// node tools/undecided.mjs <report folder>: what an INCOMPLETE run left open. Exit 0 when that is only how fast the swarm is
// on this machine now (bounds that too few independent samples support, requests sent late, a harness that was held up): a
// shared machine can be too busy to time anything, which is no defect of the build. Anything else exits 1: a refuted claim,
// a check or shard that did not end, a claim that is no latency.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) {
  console.error("usage: node tools/undecided.mjs <report folder>");
  process.exit(2);
}
const { claims, judgement } = JSON.parse(readFileSync(join(folder, "evidence/claims.json"), "utf8"));
const open = judgement.reasons.filter(({ level }) => level !== "CONDITIONAL");
const byId = new Map(claims.map((claim) => [claim.id, claim]));
/** The harness said itself that it was held up: then what it timed, and the checks that read those times, decide nothing. */
const heldUp = open.some(({ code }) => code === "schedule" || code === "harness");
const timed = /^(bench\.|check\.production\.(sla|success-rate)$)/u;

function ofTheMachine({ level, code, claim }) {
  if (level !== "INCOMPLETE") return false;
  if (code === "schedule" || code === "harness") return true;
  if (code !== "claim.undecided" && code !== "claim.insufficient") return false;
  const { kind, metric } = byId.get(claim) ?? {};
  return kind === "latency" || (heldUp && timed.test(metric ?? ""));
}

for (const reason of open) {
  const whose = ofTheMachine(reason) ? "left open by this machine" : "NOT MET";
  console.log(`${whose}: ${reason.sentence}${reason.claim === undefined ? "" : ` (${reason.claim})`}`);
}
console.log(`${judgement.verdict}: ${open.length} required ${open.length === 1 ? "point" : "points"} open`);
process.exit(open.every(ofTheMachine) ? 0 : 1);
