// A copy of a bundle in the hands of a forger: edits that are surely made, and digests made right again afterwards with the
// forger's own key.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { canonicalLine } from "../../harness/evidence/canonical.ts";
import { buildManifest } from "../../harness/evidence/manifest.ts";
import { openSigner, planType, seal, statementType } from "../../harness/evidence/sign.ts";

export interface Copy {
  readonly folder: string;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  readonly edit: (path: string, from: string | RegExp, to: string) => void;
  readonly lines: (path: string, change: (lines: string[]) => string[]) => void;
}

/** Paths are below the report folder. An edit that changes nothing fails the test. */
export function openCopy(folder: string): Copy {
  const read = (path: string): string => readFileSync(join(folder, path), "utf8");
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  const edit = (path: string, search: string | RegExp, to: string): void => {
    const before = read(path);
    const after = before.replace(search, to);
    expect(after, `${path} was not changed by the forgery`).not.toBe(before);
    write(path, after);
  };
  const lines = (path: string, change: (lines: string[]) => string[]): void => {
    const all = read(path).split("\n").slice(0, -1);
    write(
      path,
      change(all)
        .map((line) => `${line}\n`)
        .join(""),
    );
  };
  return { folder, read, write, edit, lines };
}

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Makes every digest right again after an edit, as a careful forger would, and signs with the key in `scratch`, unless unsigned. */
export function resign(
  bundle: Copy,
  scratch: string,
  options: { readonly keepPlanSignature?: boolean; readonly unsigned?: boolean } = {},
): void {
  const evidence = join(bundle.folder, "evidence");
  const signer = openSigner(join(scratch, "forger.pem"));
  const plan = bundle.read("evidence/plan.json");
  if (options.keepPlanSignature !== true && options.unsigned !== true) {
    bundle.write(
      "evidence/keys.json",
      `${canonicalLine({ keys: { [signer.keyid]: signer.publicKey }, schema: "keys/1" })}\n`,
    );
    bundle.write("evidence/plan.dsse.json", `${canonicalLine(seal(signer, planType, plan))}\n`);
  }
  const before = JSON.parse(bundle.read("evidence/manifest.json"));
  const reports = Object.fromEntries(
    Object.keys(before.reports).map((name) => {
      const text = bundle.read(name);
      return [name, { bytes: Buffer.byteLength(text), sha256: sha(text) }];
    }),
  );
  const manifest = buildManifest(evidence, { run: before.run, planSha256: sha(plan), state: "closed", reports });
  bundle.write("evidence/manifest.json", `${canonicalLine(manifest)}\n`);
  if (options.unsigned === true) return;
  const envelope = JSON.parse(bundle.read("evidence/run.dsse.json"));
  const statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
  statement.subject[0].digest.sha256 = sha(bundle.read("evidence/manifest.json"));
  statement.predicate.configuration[0].digest.sha256 = sha(plan);
  bundle.write("evidence/run.dsse.json", `${canonicalLine(seal(signer, statementType, canonicalLine(statement)))}\n`);
}
