// Lies in the documents: plan, claims, ledger, fingerprint; spellings that two readers could read in two ways; files that are not
// what they seem.
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rowOf, rowsOf, type Row } from "./copy.ts";
import { blamed, forgery, type Forgery, type Hands } from "./forgery.ts";

const claimsFile = "evidence/claims.json";
const planFile = "evidence/plan.json";

/** Changes the entry of one passed gate in plan.json or claims.json. */
function gate(path: string, change: (claim: Row) => Row): (hands: Hands) => void {
  return ({ bundle, marks }) =>
    bundle.json(path, (document) => {
      document["claims"] = rowsOf(document["claims"]).map((claim) =>
        claim["id"] === marks.claim ? change(claim) : claim,
      );
    });
}

function judgement(change: (judgement: Row) => Row): (hands: Hands) => void {
  return ({ bundle }) =>
    bundle.json(claimsFile, (document) => {
      document["judgement"] = change(rowOf(document["judgement"]));
    });
}

const loosened = (claim: Row): Row => ({
  ...claim,
  threshold: { ...rowOf(claim["threshold"]), value: 900_000_000_000_000 },
});
const claims = (says: string): ReturnType<typeof blamed> => blamed(claimsFile, says);
const spelled = (id: string, from: RegExp, to: string, says: string): Forgery =>
  forgery(`spelling.${id}`, "judged", blamed("samples", says), ({ bundle, marks }) =>
    bundle.edit(marks.samples, from, to),
  );

const aboutPlan: readonly Forgery[] = [
  forgery("plan.limit-loosened", "none", blamed(planFile, "differ"), gate(planFile, loosened)),
  forgery("plan.limit-loosened-everywhere", "judged", blamed("samples", "another plan"), gate(planFile, loosened)),
  forgery(
    "plan.gate-made-information",
    "judged",
    blamed("samples", "another plan"),
    gate(planFile, (claim) => ({ ...claim, need: "info" })),
  ),
  forgery("plan.claim-removed", "judged", blamed("samples", "another plan"), ({ bundle, marks }) =>
    bundle.json(planFile, (plan) => {
      plan["claims"] = rowsOf(plan["claims"]).filter((claim) => claim["id"] !== marks.claim);
    }),
  ),
  forgery("plan.exclusion-added", "judged", blamed("samples", "another plan"), ({ bundle }) =>
    bundle.json(planFile, (plan) => {
      plan["exclusions"] = ["timeout", "error:refused"];
    }),
  ),
  forgery("plan.price-list-cheaper", "judged", blamed("samples", "another plan"), ({ bundle }) =>
    bundle.json(planFile, (plan) => {
      plan["priceList"] = { ...rowOf(plan["priceList"]), nanoUsdPerVcpuSecond: 1 };
    }),
  ),
  forgery(
    "plan.first-attempt-again",
    "judged",
    blamed("evidence/ledger.json", "attempts before this one"),
    ({ bundle }) =>
      bundle.json(planFile, (plan) => {
        plan["attempt"] = 3;
      }),
  ),
  forgery("plan.swapped", "none", blamed(planFile, "is not the one"), ({ bundle }) =>
    bundle.edit(planFile, /"seed":\d+/, '"seed":99'),
  ),
];

const aboutClaims: readonly Forgery[] = [
  forgery("claims.limit-loosened", "owner", claims("threshold is"), gate(claimsFile, loosened)),
  forgery(
    "claims.value-lowered",
    "owner",
    claims("value is"),
    gate(claimsFile, (claim) => ({ ...claim, value: 1 })),
  ),
  forgery(
    "claims.samples-inflated",
    "owner",
    claims("n is"),
    gate(claimsFile, (claim) => ({ ...claim, n: 9_999 })),
  ),
  forgery(
    "claims.exceedances-hidden",
    "owner",
    claims("over is"),
    gate(claimsFile, (claim) => ({ ...claim, over: 7 })),
  ),
  forgery(
    "claims.confidence-raised",
    "owner",
    claims("confPpm is"),
    gate(claimsFile, (claim) => ({ ...claim, confPpm: 999_000 })),
  ),
  forgery(
    "claims.verdict-flipped",
    "owner",
    claims("verdict is"),
    gate(claimsFile, (claim) => ({ ...claim, verdict: "FAIL" })),
  ),
  forgery(
    "claims.target-relabelled",
    "owner",
    claims("target is"),
    gate(claimsFile, (claim) => ({ ...claim, target: "cloud" })),
  ),
  forgery(
    "claims.provenance-relabelled",
    "owner",
    claims("provenance is"),
    gate(claimsFile, (claim) => ({ ...claim, provenance: "replayed" })),
  ),
  forgery(
    "claims.evidence-of-another-file",
    "owner",
    claims("derivedFrom is"),
    gate(claimsFile, (claim) => ({ ...claim, derivedFrom: [] })),
  ),
  forgery(
    "claims.field-added",
    "owner",
    claims("blessed is"),
    gate(claimsFile, (claim) => ({ ...claim, blessed: true })),
  ),
  forgery(
    "claims.figure-in-a-note",
    "owner",
    claims("a note holds a figure"),
    gate(claimsFile, (claim) => ({ ...claim, notes: ["The slowest took 3 ms."] })),
  ),
  forgery("claims.claim-removed", "owner", claims("not those of the plan"), ({ bundle }) =>
    bundle.json(claimsFile, (document) => {
      document["claims"] = rowsOf(document["claims"]).slice(1);
    }),
  ),
  forgery(
    "claims.run-certified",
    "owner",
    claims("run verdict is given"),
    judgement((one) => ({ ...one, verdict: "CERTIFIED" })),
  ),
  forgery(
    "claims.assurance-raised",
    "owner",
    claims("assurance is given"),
    judgement((one) => ({ ...one, assurance: "A3" })),
  ),
  forgery(
    "claims.reasons-removed",
    "owner",
    claims("reasons of the run verdict"),
    judgement((one) => ({ ...one, reasons: [] })),
  ),
  forgery(
    "claims.reason-with-a-figure",
    "owner",
    claims("a reason holds a figure"),
    judgement((one) => ({
      ...one,
      reasons: rowsOf(one["reasons"]).map((reason) => ({ ...reason, sentence: "Only 1 in 100 failed." })),
    })),
  ),
  forgery(
    "claims.called-simulated",
    "owner",
    claims("simulatedOnly of the run"),
    judgement((one) => ({ ...one, simulatedOnly: one["simulatedOnly"] !== true })),
  ),
  forgery("claims.of-another-run", "owner", claims("another run"), ({ bundle }) =>
    bundle.json(claimsFile, (document) => {
      document["run"] = "run_another";
    }),
  ),
  forgery(
    "ledger.attempts-hidden",
    "owner",
    blamed("evidence/ledger.json", "does not hold this attempt"),
    ({ bundle }) =>
      bundle.json("evidence/ledger.json", (ledger) => {
        ledger["attempts"] = [];
      }),
  ),
  forgery(
    "ledger.verdict-flattered",
    "owner",
    blamed("evidence/ledger.json", "verdict of this attempt"),
    ({ bundle }) =>
      bundle.json("evidence/ledger.json", (ledger) => {
        ledger["attempts"] = rowsOf(ledger["attempts"]).map((one) => ({ ...one, verdict: "CERTIFIED" }));
      }),
  ),
  forgery("env.another-machine", "owner", blamed("evidence/env.json", "changed during the run"), ({ bundle }) =>
    bundle.json("evidence/env.json", (env) => {
      env["end"] = { ...rowOf(env["end"]), cpuModel: "A faster one" };
    }),
  ),
  forgery("env.another-commit", "owner", blamed("evidence/run.dsse.json", "another commit"), ({ bundle }) =>
    bundle.json("evidence/env.json", (env) => {
      for (const end of ["start", "end"]) env[end] = { ...rowOf(env[end]), commit: "f".repeat(40) };
    }),
  ),
];

const aboutSpelling: readonly Forgery[] = [
  spelled("line-ends-of-windows", /\n/g, "\r\n", "not a canonical record"),
  spelled("byte-order-mark", /^/, "\ufeff", "not a canonical record"),
  spelled("key-twice", /"att":1,/, '"att":1,"att":1,', "repeated or out of order"),
  spelled("keys-out-of-order", /("att":1),("cl":(?:null|"[^"]*"))/, "$2,$1", "out of order"),
  spelled("power-of-ten", /"att":1,/, '"att":1e0,', "not a canonical record"),
  spelled("negative-zero", /"att":1,/, '"att":-0,', "not a canonical record"),
  spelled("leading-zero", /"att":1,/, '"att":01,', "not a canonical record"),
  spelled("fraction", /"sch":(\d+)/, '"sch":$1.0', "not a canonical record"),
  spelled("beyond-safe-integers", /"sch":(\d+)/, '"sch":9007199254740993', "not a canonical record"),
  spelled("blank", /"att":1,/, '"att": 1,', "not a canonical record"),
  spelled("long-escape", /"k":"s"/, String.raw`"k":"\u0073"`, "not a canonical record"),
  forgery("spelling.not-utf8", "none", blamed("samples", "not UTF-8"), ({ bundle, marks }) => {
    const bytes = Buffer.from(bundle.read(marks.samples));
    bytes[bytes.indexOf('"out":"ok"') + 7] = 0xff;
    bundle.write(marks.samples, bytes);
  }),
  forgery("spelling.nested-deep", "owner", blamed("evidence/env.json", "not canonical JSON"), ({ bundle }) =>
    bundle.edit("evidence/env.json", /"run":/, `"nest":${"[".repeat(20_000)}${"]".repeat(20_000)},"run":`),
  ),
  forgery("spelling.trailing-bytes", "owner", blamed(claimsFile, "not canonical JSON"), ({ bundle }) =>
    bundle.write(claimsFile, `${bundle.read(claimsFile)}{"verdict":"CERTIFIED"}\n`),
  ),
  forgery("spelling.last-line-cut", "owner", blamed("evidence/ledger.json", "the last line is cut"), ({ bundle }) =>
    bundle.write("evidence/ledger.json", bundle.read("evidence/ledger.json").trimEnd()),
  ),
];

const aboutFiles: readonly Forgery[] = [
  forgery("files.link", "none", blamed("samples", "no regular file"), ({ bundle, marks }) => {
    const text = bundle.read(marks.samples);
    const beside = join(bundle.folder, "..", "elsewhere.ndjson");
    writeFileSync(beside, text);
    rmSync(join(bundle.folder, marks.samples));
    symlinkSync(beside, join(bundle.folder, marks.samples));
  }),
  forgery("files.link-to-a-folder", "none", blamed("evidence/samples/more", "no regular file"), ({ bundle }) => {
    mkdirSync(join(bundle.folder, "..", "more"), { recursive: true });
    symlinkSync(join(bundle.folder, "..", "more"), join(bundle.folder, "evidence/samples/more"));
  }),
  forgery(
    "files.unlisted",
    "none",
    (marks) => ({ file: marks.samples.replace(/\.ndjson$/, "-more.ndjson"), says: "does not list this file" }),
    ({ bundle, marks }) => bundle.write(marks.samples.replace(/\.ndjson$/, "-more.ndjson"), bundle.read(marks.samples)),
  ),
  forgery("files.stashed", "none", blamed("evidence/notes.tmp", "does not list this file"), ({ bundle }) =>
    bundle.write("evidence/notes.tmp", "hidden\n"),
  ),
  forgery("files.missing", "none", blamed("samples", "it is missing"), ({ bundle, marks }) =>
    rmSync(join(bundle.folder, marks.samples)),
  ),
  forgery("files.missing-and-unlisted", "owner", claims("recomputed"), ({ bundle, marks }) =>
    rmSync(join(bundle.folder, marks.samples)),
  ),
  forgery("files.truncated", "none", blamed("samples", "differ"), ({ bundle, marks }) =>
    truncateSync(join(bundle.folder, marks.samples), Math.floor(bundle.read(marks.samples).length / 2)),
  ),
  forgery("files.huge", "none", blamed("samples", "larger than any file"), ({ bundle, marks }) =>
    // Sparse: it costs no room on the disk.
    truncateSync(join(bundle.folder, marks.samples), 3 * 2 ** 30),
  ),
  forgery("files.path-outside", "none", blamed("evidence/manifest.json", "outside the bundle"), ({ bundle }) =>
    bundle.json("evidence/manifest.json", (manifest) => {
      const files = rowOf(manifest["files"]);
      manifest["files"] = { ...files, "../../etc/passwd": files["plan.json"] };
    }),
  ),
  forgery(
    "files.state-open",
    "none",
    blamed("evidence/manifest.json", "only the closing of a run writes"),
    ({ bundle }) =>
      bundle.json("evidence/manifest.json", (manifest) => {
        manifest["state"] = "open";
      }),
  ),
  forgery(
    "files.manifest-field-added",
    "none",
    blamed("evidence/manifest.json", "is not the one that was signed"),
    ({ bundle }) =>
      bundle.json("evidence/manifest.json", (manifest) => {
        manifest["approved"] = true;
      }),
  ),
  forgery("files.keys-of-nobody", "none", blamed("evidence/keys.json", "not the digest of its key"), ({ bundle }) =>
    bundle.edit("evidence/keys.json", /SHA256:[0-9a-f]{2}/, "SHA256:zz"),
  ),
];

export const documentForgeries: readonly Forgery[] = [...aboutPlan, ...aboutClaims, ...aboutSpelling, ...aboutFiles];
