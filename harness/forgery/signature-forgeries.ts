// Lies about who signed what, and when: envelopes, keys, checkpoints, the statement that consumers read.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { canonicalLine } from "../evidence/canonical.ts";
import { checkpointType, planType, seal, statementType } from "../evidence/sign.ts";
import { rowOf, rowsOf, type Row } from "./copy.ts";
import { blamed, forgery, type Forgery, type Hands } from "./forgery.ts";
import { writeStatement } from "./reseal.ts";

const planEnvelope = "evidence/plan.dsse.json";
const runEnvelope = "evidence/run.dsse.json";
const checkpoints = "evidence/checkpoints.ndjson";
/** 2^252 + …, the order of Ed25519's group. */
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

/** S becomes S + L: the same point, so a lax verifier calls it another valid signature. */
function malleable(signature: string): string {
  const bytes = Buffer.from(signature, "base64");
  let scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + order;
  for (let at = 32; at < 64; at += 1) {
    bytes[at] = Number(scalar % 256n);
    scalar /= 256n;
  }
  return bytes.toString("base64");
}

function envelope(path: string, change: (envelope: Row) => void): (hands: Hands) => void {
  return ({ bundle }) => bundle.json(path, change);
}

function signatures(path: string, change: (sig: string) => string): (hands: Hands) => void {
  return envelope(path, (one) => {
    one["signatures"] = rowsOf(one["signatures"]).map((entry) => ({ ...entry, sig: change(String(entry["sig"])) }));
  });
}

/** The identity point as key: R = identity, S = 0 then verifies for every message. */
function lowOrder({ bundle }: Hands): void {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from([1]), Buffer.alloc(31)]);
  const keyid = `SHA256:${createHash("sha256").update(der).digest("hex")}`;
  const sig = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString("base64");
  bundle.write(
    "evidence/keys.json",
    `${canonicalLine({ schema: "keys/1", keys: { [keyid]: der.toString("base64") } })}\n`,
  );
  for (const path of [planEnvelope, runEnvelope])
    bundle.json(path, (one) => void (one["signatures"] = [{ keyid, sig }]));
}

function statement(change: (statement: Row) => Row): (hands: Hands) => void {
  return ({ bundle, owner }) => {
    const sealed = rowOf(JSON.parse(bundle.read(runEnvelope)));
    const body = rowOf(JSON.parse(Buffer.from(String(sealed["payload"]), "base64").toString()));
    writeStatement(bundle, change(body), owner);
  };
}

const predicate = (change: (predicate: Row) => Row): ((hands: Hands) => void) =>
  statement((one) => ({ ...one, predicate: change(rowOf(one["predicate"])) }));

/** A checkpoint that says something else, signed for it. */
function checkpointSays(change: (body: Row, index: number) => Row): (hands: Hands) => void {
  return ({ bundle, owner }) =>
    bundle.lines(checkpoints, ([head = "", ...lines]) => [
      head,
      ...lines.map((line, index) => {
        const { sig: _sig, ...row } = rowOf(JSON.parse(line));
        const body = change(row, index);
        const sig = { keyid: owner.keyid, sig: owner.sign(checkpointType, Buffer.from(canonicalLine(body))) };
        return canonicalLine({ ...body, sig });
      }),
    ]);
}

const aboutEnvelopes: readonly Forgery[] = [
  forgery(
    "signature.one-byte",
    "none",
    blamed(planEnvelope, "no signature of the plan"),
    signatures(planEnvelope, (sig) => (sig.startsWith("A") ? `B${sig.slice(1)}` : `A${sig.slice(1)}`)),
  ),
  forgery(
    "signature.of-the-run-one-byte",
    "none",
    blamed(runEnvelope, "no signature of the run"),
    signatures(runEnvelope, (sig) => (sig.startsWith("A") ? `B${sig.slice(1)}` : `A${sig.slice(1)}`)),
  ),
  forgery(
    "signature.malleable",
    "owner",
    blamed(planEnvelope, "no signature of the plan"),
    signatures(planEnvelope, malleable),
    ["plan"],
  ),
  forgery(
    "signature.spelled-otherwise",
    "owner",
    blamed(planEnvelope, "no signature of the plan"),
    signatures(planEnvelope, (sig) => `${sig}\n`),
    ["plan"],
  ),
  forgery("signature.key-of-low-order", "none", blamed("evidence/keys.json", "no sound Ed25519 key"), lowOrder),
  forgery(
    "signature.payload-type-swapped",
    "owner",
    blamed(planEnvelope, "no signature of the plan"),
    ({ bundle, owner }) =>
      bundle.write(planEnvelope, `${canonicalLine(seal(owner, statementType, bundle.read("evidence/plan.json")))}\n`),
    ["plan"],
  ),
  forgery(
    "signature.payload-type-relabelled",
    "none",
    blamed(planEnvelope, "no signature of the plan"),
    envelope(planEnvelope, (one) => void (one["payloadType"] = statementType)),
  ),
  forgery(
    "signature.field-added",
    "owner",
    blamed(planEnvelope, "plan"),
    envelope(planEnvelope, (one) => void (one["approved"] = true)),
    ["plan"],
  ),
  forgery(
    "signature.plan-of-another-text",
    "owner",
    blamed("evidence/plan.json", "is not the one that was signed"),
    ({ bundle, owner }) =>
      bundle.write(
        planEnvelope,
        `${canonicalLine(seal(owner, planType, bundle.read("evidence/plan.json").replace('"seed":', '"seed":1')))}\n`,
      ),
    ["plan"],
  ),
  forgery(
    "signature.of-nobody",
    "none",
    blamed(planEnvelope, "no signature of the plan"),
    envelope(planEnvelope, (one) => void (one["signatures"] = [])),
  ),
  forgery("signature.all-taken-away", "none", blamed(checkpoints, "taken away"), ({ bundle }) => {
    for (const name of ["keys.json", "plan.dsse.json", "run.dsse.json"]) rmSync(join(bundle.folder, "evidence", name));
  }),
  forgery(
    "signature.run-by-a-stranger",
    "none",
    blamed(runEnvelope, "no signature of the run"),
    ({ bundle, stranger }) =>
      bundle.json(runEnvelope, (one) => {
        const body = Buffer.from(String(one["payload"]), "base64");
        one["signatures"] = [{ keyid: stranger.keyid, sig: stranger.sign(statementType, body) }];
      }),
  ),
  forgery("signature.everything-by-a-stranger", "stranger", blamed(planEnvelope, "not trusted"), ({ bundle }) =>
    bundle.edit("evidence/ledger.json", /"createdAtMs":\d/, '"createdAtMs":9'),
  ),
];

const aboutStatements: readonly Forgery[] = [
  forgery(
    "statement.passed",
    "owner",
    blamed(runEnvelope, "signed result"),
    predicate((one) => ({ ...one, result: one["result"] === "PASSED" ? "WARNED" : "PASSED" })),
    ["statement"],
  ),
  forgery(
    "statement.tests-invented",
    "owner",
    blamed(runEnvelope, "calls passed"),
    predicate((one) => ({ ...one, passedTests: ["cloud/c-cloud.everything"] })),
    ["statement"],
  ),
  forgery(
    "statement.failures-hidden",
    "owner",
    blamed(runEnvelope, "calls failed"),
    predicate((one) => ({ ...one, failedTests: ["FAIL: nothing"] })),
    ["statement"],
  ),
  forgery(
    "statement.of-another-type",
    "owner",
    blamed(runEnvelope, "another type"),
    statement((one) => ({ ...one, predicateType: "https://in-toto.io/attestation/vulns/v0.1" })),
    ["statement"],
  ),
  forgery(
    "statement.of-another-manifest",
    "owner",
    blamed("evidence/manifest.json", "is not the one that was signed"),
    statement((one) => ({ ...one, subject: [{ name: "manifest.json", digest: { sha256: "0".repeat(64) } }] })),
    ["statement", "manifest"],
  ),
  forgery(
    "statement.of-another-plan",
    "owner",
    blamed(runEnvelope, "another plan"),
    predicate((one) => ({ ...one, configuration: [] })),
    ["statement", "manifest"],
  ),
];

const aboutCheckpoints: readonly Forgery[] = [
  forgery(
    "checkpoint.replayed",
    "owner",
    blamed(checkpoints, "out of sequence"),
    ({ bundle }) => bundle.lines(checkpoints, (lines) => [...lines, lines.at(-1) ?? ""]),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.removed",
    "owner",
    blamed(checkpoints, "out of sequence"),
    ({ bundle }) => bundle.lines(checkpoints, (lines) => lines.toSpliced(1, 1)),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.all-removed",
    "owner",
    blamed(checkpoints, "at its start and at its end"),
    ({ bundle }) => bundle.lines(checkpoints, (lines) => lines.slice(0, 1)),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.unsigned",
    "owner",
    blamed(checkpoints, "does not hold"),
    ({ bundle }) =>
      bundle.lines(checkpoints, (lines) => lines.map((line) => line.replace(/"sig":\{.*?\}/, '"sig":null'))),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.clock-backwards",
    "owner",
    blamed(checkpoints, "out of sequence"),
    checkpointSays((row, index) => ({ ...row, t: 9_000_000_000_000 - index })),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.forgets-a-file",
    "owner",
    blamed(checkpoints, "fewer records"),
    checkpointSays((row, index) =>
      index === 0
        ? row
        : {
            ...row,
            files: Object.fromEntries(
              Object.entries(rowOf(row["files"])).filter(([path]) => path !== "events/main.ndjson"),
            ),
          },
    ),
    ["checkpoints"],
  ),
  forgery(
    "checkpoint.saw-something-else",
    "owner",
    blamed("events", "is not what the checkpoint"),
    ({ bundle, marks, owner, stranger }) =>
      checkpointSays((row) => {
        const name = marks.events.replace("evidence/", "");
        const files = rowOf(row["files"]);
        return name in files
          ? { ...row, files: { ...files, [name]: { ...rowOf(files[name]), merkleRoot: "0".repeat(64) } } }
          : row;
      })({ bundle, marks, owner, stranger }),
    ["checkpoints"],
  ),
  forgery("checkpoint.by-a-stranger", "none", blamed(checkpoints, "does not hold"), ({ bundle, stranger }) =>
    bundle.lines(checkpoints, ([head = "", ...lines]) => [
      head,
      ...lines.map((line) => {
        const { sig: _sig, ...body } = rowOf(JSON.parse(line));
        return canonicalLine({
          ...body,
          sig: { keyid: stranger.keyid, sig: stranger.sign(checkpointType, Buffer.from(canonicalLine(body))) },
        });
      }),
    ]),
  ),
];

export const signatureForgeries: readonly Forgery[] = [...aboutEnvelopes, ...aboutStatements, ...aboutCheckpoints];
