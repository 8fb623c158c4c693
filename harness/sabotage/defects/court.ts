// Defects of the court itself: the instrument, the recorder, the judge, the signature, the report. Some are noticed by a check
// of the very run, the rest by the verifier, which shares no code with what is damaged.
import { defect, edit, type Defect } from "../defect.ts";

const schedule = "bench/schedule.js";
const judgeRun = "harness/certify/judge-run.js";
const recorder = "harness/evidence/recorder.js";
/** Own-code checks of a second: something must have been recorded. */
const quick = ["backend.exports", "mcp.tools"] as const;
const sla = ["production.sla"] as const;

const instrumentDefects: readonly Defect[] = [
  defect(
    "coordinated-omission",
    "Time is counted from when a request was sent, not from when it was due",
    sla,
    edit(schedule, "request.recorder.record({ sch: request.sch, st,", "request.recorder.record({ sch: st, st,"),
  ),
  defect(
    "clock-stands",
    "Every request takes the same short time",
    sla,
    edit(schedule, "const dur = now(bench) - st;", "const dur = 1_234_567;"),
  ),
  {
    ...defect(
      "clock-slowed",
      "The clock runs at a tenth of its speed",
      ["run"],
      edit(
        "src/host/clock.js",
        "monotonicNs: () => process.hrtime.bigint(),",
        "monotonicNs: () => process.hrtime.bigint() / 10n,",
      ),
    ),
    runs: sla,
  },
  defect(
    "failures-not-recorded",
    "Requests that failed leave no sample",
    sla,
    edit(schedule, "request.recorder.record({ sch", 'if (out === "ok") request.recorder.record({ sch'),
  ),
  defect(
    "failures-called-ok",
    "Requests that failed are called successful",
    sla,
    edit(schedule, 'const out = result.ok ? "ok" : outcomeOf(result.error);', 'const out = "ok";'),
  ),
  defect(
    "retry-hidden",
    "A failed request is tried again and only the second attempt is told",
    sla,
    edit(
      schedule,
      "const watched = await bench.watch.during(request.operation);",
      "const watched = await bench.watch.during(() => request.operation().catch(() => request.operation()));",
    ),
  ),
  defect(
    "warm-up-recorded-as-sample",
    "Warm-up requests are recorded as measured",
    sla,
    edit(schedule, "out, ph: request.ph, cl", 'out, ph: "measure", cl'),
  ),
  defect(
    "censoring-not-marked",
    "A timeout is recorded as an ordinary duration",
    sla,
    edit(recorder, '...(input.out === "timeout" ? { cens: "right" } : {}),', ""),
  ),
  defect(
    "provenance-forced",
    "What sent nothing counts as measured",
    sla,
    edit(
      "harness/evidence/witness.js",
      'provenance: peers.length > 0 && problems.length === 0 ? "measured" : "simulated",',
      'provenance: "measured",',
    ),
  ),
  defect(
    "nonce-not-asked-back",
    "An answer counts as measured without the echo of its nonce",
    sla,
    edit(
      "harness/evidence/record-witness.js",
      "const contradicted = facts.listed === false || (facts.nonce !== undefined && facts.nonceEcho === undefined);",
      "const contradicted = false;",
    ),
  ),
  defect(
    "replaced-fetch-unseen",
    "A replaced transport is not noticed",
    sla,
    edit("harness/evidence/interference.js", 'found.push("the global fetch was replaced");', ""),
  ),
  defect(
    "debug-switch-unseen",
    "The switch that answers without calls is not noticed",
    sla,
    edit("harness/evidence/interference.js", 'found.push("E2B_DEBUG is set: the SDK answers without any call");', ""),
  ),
  defect(
    "secret-in-evidence",
    "A key is written into the evidence",
    sla,
    edit(
      "harness/evidence/secrets.js",
      "return shapes.find((shape) => shape.pattern.test(text))?.kind ?? null;",
      "return null;",
    ),
  ),
];

const judged = (id: string, sentence: string, ...edits: readonly ReturnType<typeof edit>[]): Defect => ({
  ...defect(id, sentence, ["production.certification"], ...edits),
  runs: [...quick, "production.certification"],
});

const judgeDefects: readonly Defect[] = [
  judged(
    "orphan-forgiven",
    "A sandbox left behind does not count",
    edit(judgeRun, 'note.what === "orphan"', 'note.what === "nothing"'),
  ),
  judged(
    "unfit-evidence-accepted",
    "Evidence without a witness decides",
    edit("harness/certify/judge-claim.js", 'if (origin.unfit)\n        return "INVALID";', ""),
  ),
  judged(
    "foreign-target-accepted",
    "Records of the cloud decide about the local server",
    edit("harness/certify/origin-of-record.js", "if (witness.target !== record.target) {", "if (false) {"),
    edit(
      "harness/certify/gather.js",
      'if (wanted !== "mixed" && origins.some((origin) => origin.target !== wanted)) {',
      "if (false) {",
    ),
    edit("harness/certify/judge-claim.js", 'if (strongestUse(origin) === "info")\n        return "INFO";', ""),
  ),
  judged(
    "timeouts-count-as-fast",
    "A timeout is a value like any other",
    edit("harness/certify/statistics/sample-times.js", 'censored: sample.out !== "ok" };', "censored: false };"),
  ),
  judged(
    "waiting-not-judged",
    "The wait before a request was sent is left out",
    edit(
      "harness/certify/statistics/sample-times.js",
      "responseNs: sample.st + sample.dur - sample.sch };",
      "responseNs: sample.dur };",
    ),
  ),
  judged(
    "warm-up-judged",
    "Warm-up samples count",
    edit("harness/certify/gather.js", 'if (sample.ph !== "measure")', 'if (sample.ph === "cooldown")'),
  ),
  judged(
    "interpolated-gate",
    "A latency gate asks the share over the limit, not a bound",
    edit(
      "harness/certify/statistics/quantile-gate.js",
      "if (withinAlpha(binomialAtMost(againstEff, nEff, 1e6 - qPpm), alpha))",
      "if (againstEff * 1e6 <= nEff * (1e6 - qPpm) * 1.5)",
    ),
  ),
  judged(
    "rate-without-bound",
    "A success rate is judged by its share",
    edit(
      "harness/certify/statistics/proportion-gate.js",
      "if (withinAlpha(binomialAtMost(worst, n, 1e6 - ratePpm), alpha)) {",
      "if (worst * 1e6 <= n * (1e6 - ratePpm)) {",
    ),
  ),
  judged(
    "refused-signed-as-passed",
    "A refused run is signed as passed",
    edit("harness/evidence/statement.js", 'return "FAILED";', 'return "PASSED";'),
  ),
  judged(
    "dirty-tree-forgiven",
    "Changes that no commit holds do not matter",
    edit(judgeRun, "if (conditions.dirtyTree) {", "if (false) {"),
  ),
  judged(
    "interruption-forgiven",
    "A run that was cut short counts as whole",
    edit(judgeRun, "if (conditions.interrupted)", "if (false)"),
  ),
];

const verified = (id: string, sentence: string, ...edits: readonly ReturnType<typeof edit>[]): Defect => ({
  ...defect(id, sentence, ["verify"], ...edits),
  runs: quick,
});

/** The printer refuses a document that its own claims contradict: the bundle is never closed. */
const stopped = (id: string, sentence: string, ...edits: readonly ReturnType<typeof edit>[]): Defect => ({
  ...defect(id, sentence, ["run"], ...edits),
  runs: quick,
});

const verifiedDefects: readonly Defect[] = [
  stopped(
    "best-reason-wins",
    "The milder of two reasons decides about a run",
    edit(
      judgeRun,
      'const order = ["REFUSED", "INCOMPLETE", "CONDITIONAL"];',
      'const order = ["CONDITIONAL", "INCOMPLETE", "REFUSED"];',
    ),
  ),
  verified(
    "missing-shard-forgiven",
    "A shard that never ended is not missed",
    edit(judgeRun, "if (!ended)", "if (false)"),
  ),
  stopped(
    "claim-kept-after-failure",
    "What did not run counts as shown",
    edit("harness/certify/judge-claim.js", 'verdict: "NOT_RUN",', 'verdict: "PASS",'),
  ),
  verified(
    "plan-not-named-in-records",
    "Records do not say which plan they belong to",
    edit(recorder, "planSha256: context.planSha256,", 'planSha256: "0".repeat(64),'),
  ),
  verified(
    "chain-not-chained",
    "The digest of a record does not depend on the one before it",
    edit("harness/evidence/chain.js", "return sha256(head, sha256(line));", "return sha256(sha256(line));"),
  ),
  verified(
    "signature-of-something-else",
    "A signature is not over what it stands beside",
    edit(
      "harness/evidence/sign.js",
      "sig: signer.sign(payloadType, body) }],",
      'sig: signer.sign(payloadType, Buffer.from("x")) }],',
    ),
  ),
  verified(
    "report-says-certified",
    "The report's first line says certified whatever the verdict is",
    edit("harness/render/words.js", "return `${verdict} (${run.target})`;", "return `CERTIFIED (${run.target})`;"),
  ),
  verified(
    "report-counts-more",
    "The report counts one more than there are",
    edit(
      "harness/render/text/format.js",
      "const digits = String(Math.abs(value))",
      "const digits = String(Math.abs(value) + 1)",
    ),
  ),
  verified(
    "results-say-certified",
    "results.json says certified whatever the verdict is",
    edit("harness/render/render-results.js", "verdict: doc.verdict,", 'verdict: "CERTIFIED",'),
  ),
];

export const courtDefects: readonly Defect[] = [...instrumentDefects, ...judgeDefects, ...verifiedDefects];
