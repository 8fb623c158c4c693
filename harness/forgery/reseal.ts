// Makes everything right again after an edit, as a careful forger with a key does: claims judged again, checkpoints, manifest and
// statement made and signed anew. What is then still wrong only a cross-check can see.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { certify } from "../certify/certify.ts";
import type { Plan } from "../claims/plan.ts";
import { canonicalLine } from "../evidence/canonical.ts";
import { manifestEntry } from "../evidence/chain.ts";
import { buildManifest } from "../evidence/manifest.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import { checkpointType, planType, seal, statementType, type Signer } from "../evidence/sign.ts";
import { rowOf, rowsOf, type Copy, type Row } from "./copy.ts";

export interface Seal {
  readonly signer: Signer;
  /** Judge the claims again from the records as they are now. */
  readonly judge: boolean;
  /** Leave alone: the forgery is about these. */
  readonly keep?: readonly ("checkpoints" | "plan" | "statement" | "manifest")[];
}

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");
const recordPath = /^evidence\/((?:samples|observations|events)\/.*\.ndjson)$/;

export function reseal(bundle: Copy, { signer, judge, keep = [] }: Seal): void {
  const plan = bundle.read("evidence/plan.json");
  if (!keep.includes("plan")) {
    bundle.write(
      "evidence/keys.json",
      `${canonicalLine({ schema: "keys/1", keys: { [signer.keyid]: signer.publicKey } })}\n`,
    );
    bundle.write("evidence/plan.dsse.json", `${canonicalLine(seal(signer, planType, plan))}\n`);
  }
  if (judge) judgeAgain(bundle, plan);
  if (!keep.includes("checkpoints")) signCheckpoints(bundle, signer);
  if (!keep.includes("manifest")) closeManifest(bundle, plan);
  if (!keep.includes("statement")) signStatement(bundle, plan, signer);
}

/** Claims and judgement from the records; records that the court cannot read stay judged as they were. */
function judgeAgain(bundle: Copy, planText: string): void {
  const before = documentIn(bundle, "evidence/claims.json");
  const old = rowOf(before["judgement"]);
  const env = documentIn(bundle, "evidence/env.json");
  const dirtyTree = [env["start"], env["end"]].some((one) => rowOf(one)["dirty"] !== false);
  const interrupted = rowsOf(old["reasons"]).some((reason) => reason["code"] === "interrupted");
  const plan: unknown = JSON.parse(planText);
  if (!isPlan(plan)) return;
  try {
    const evidence = readEvidence(join(bundle.folder, "evidence"));
    const { claims, judgement } = certify({ plan, evidence, conditions: { dirtyTree, assurance: "A1", interrupted } });
    bundle.write(
      "evidence/claims.json",
      `${canonicalLine({ ...before, planSha256: sha(planText), claims, judgement })}\n`,
    );
    const ledger = documentIn(bundle, "evidence/ledger.json");
    const attempts = rowsOf(ledger["attempts"]);
    const last = { ...attempts.pop(), verdict: judgement.verdict };
    bundle.write("evidence/ledger.json", `${canonicalLine({ ...ledger, attempts: [...attempts, last] })}\n`);
  } catch {
    // The forgery broke the form of a record; whoever reads it will say so.
  }
}

/** The first line of a document: what a forger wrote behind it is not read. */
function documentIn(bundle: Copy, path: string): Row {
  return rowOf(JSON.parse(bundle.read(path).split("\n")[0] ?? ""));
}

function isPlan(value: unknown): value is Plan {
  return rowOf(value)["schema"] === "plan/1" && Array.isArray(rowOf(value)["claims"]);
}

/** Every checkpoint sees the files as they are now, as far as it reached; the last one sees all of every file. */
function signCheckpoints(bundle: Copy, signer: Signer): void {
  const texts = new Map<string, readonly string[]>();
  for (const path of bundle.paths()) {
    const name = recordPath.exec(path)?.[1];
    if (name !== undefined) texts.set(name, bundle.read(path).split("\n").slice(0, -1));
  }
  const stateOf = (lines: readonly string[]): Row => {
    const { records, chainHead, merkleRoot } = manifestEntry(lines.map((line) => `${line}\n`).join(""));
    return { records, chainHead, merkleRoot };
  };
  bundle.write(
    "evidence/checkpoints.ndjson",
    signedLines(bundle.read("evidence/checkpoints.ndjson"), signer, (row, isLast) => {
      const then = rowOf(row["files"]);
      const files: Row = {};
      for (const [name, lines] of texts) {
        if (isLast) files[name] = stateOf(lines);
        else if (name in then) files[name] = stateOf(lines.slice(0, Number(rowOf(then[name])["records"])));
      }
      return files;
    }),
  );
}

function signedLines(text: string, signer: Signer, filesOf: (row: Row, isLast: boolean) => Row): string {
  const [head = "", ...rows] = text.split("\n").slice(0, -1);
  const signed = rows.map((line, index) => {
    const { sig: _sig, ...row } = rowOf(JSON.parse(line));
    const body = { ...row, files: filesOf(row, index === rows.length - 1) };
    const sig = { keyid: signer.keyid, sig: signer.sign(checkpointType, Buffer.from(canonicalLine(body))) };
    return canonicalLine({ ...body, sig });
  });
  return [head, ...signed].map((line) => `${line}\n`).join("");
}

/** Reports print the digest of the manifest without reports: it is put in again. */
function closeManifest(bundle: Copy, plan: string): void {
  const old = documentIn(bundle, "evidence/manifest.json");
  const head = { run: String(old["run"]), planSha256: sha(plan), state: "closed" } as const;
  const bare = buildManifest(join(bundle.folder, "evidence"), { ...head, reports: {} });
  const digests = [sha(`${canonicalLine({ ...old, reports: {} })}\n`), sha(`${canonicalLine(bare)}\n`)] as const;
  const reports: Record<string, { bytes: number; sha256: string }> = {};
  for (const name of Object.keys(rowOf(old["reports"]))) {
    if (!existsSync(join(bundle.folder, name))) continue;
    const text = bundle.read(name).replaceAll(digests[0], digests[1]);
    bundle.write(name, text);
    reports[name] = { bytes: Buffer.byteLength(text), sha256: sha(text) };
  }
  bundle.write("evidence/manifest.json", `${canonicalLine({ ...bare, reports })}\n`);
}

function signStatement(bundle: Copy, plan: string, signer: Signer): void {
  const envelope = documentIn(bundle, "evidence/run.dsse.json");
  const statement = rowOf(JSON.parse(Buffer.from(String(envelope["payload"]), "base64").toString()));
  const manifest = { name: "manifest.json", digest: { sha256: sha(bundle.read("evidence/manifest.json")) } };
  const others = rowsOf(statement["subject"]).filter((one) => one["name"] !== "manifest.json");
  const claims = documentIn(bundle, "evidence/claims.json");
  const gated = new Set(
    rowsOf(rowOf(JSON.parse(plan))["claims"]).flatMap((one) => (one["need"] === "info" ? [] : [one["id"]])),
  );
  const inside = rowsOf(claims["claims"]).filter((one) => gated.has(one["id"]));
  const verdict = rowOf(claims["judgement"])["verdict"];
  const result = verdict === "CERTIFIED" ? "PASSED" : verdict === "CONDITIONAL" ? "WARNED" : "FAILED";
  const name = (one: Row): string => `${String(one["target"])}/${String(one["id"])}`;
  const failed = inside
    .filter((one) => one["verdict"] !== "PASS")
    .map((one) => `${String(one["verdict"])}: ${name(one)}`);
  const predicate = {
    ...rowOf(statement["predicate"]),
    configuration: [{ name: "plan.json", digest: { sha256: sha(plan) } }],
    result,
    passedTests: inside.filter((one) => one["verdict"] === "PASS").map(name),
    failedTests: result === "FAILED" ? failed : [],
  };
  writeStatement(bundle, { ...statement, subject: [manifest, ...others], predicate }, signer);
}

export function writeStatement(bundle: Copy, statement: Row, signer: Signer): void {
  bundle.write("evidence/run.dsse.json", `${canonicalLine(seal(signer, statementType, canonicalLine(statement)))}\n`);
}
