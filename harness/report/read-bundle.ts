// A closed bundle read back for the printer. Digests are not checked here: that is `verify`'s work, in a process and by code
// of its own.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { ClaimsFile, Manifest } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import { canonicalLine } from "../evidence/canonical.ts";
import { sha256 } from "../evidence/chain.ts";
import type { Fingerprint } from "../evidence/env.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import type { JudgedBundle } from "./run-document-of.ts";

export interface ClosedBundle extends JudgedBundle {
  readonly manifest: Manifest;
  /** Digest that the reports print: of the manifest before it named them. */
  readonly manifestSha256: string;
}

/** Throws `evidence.missing` without a bundle, `evidence.invalid` for one that is open or cannot be read. */
export function readBundle(folder: string): ClosedBundle {
  const evidence = join(folder, "evidence");
  if (!existsSync(join(evidence, "plan.json"))) {
    throw new SwarmError("evidence.missing", `Cannot report on ${folder}: it holds no evidence folder`, {
      hint: "Name the report folder of a run, for instance reports/latest",
    });
  }
  const manifest = readDocument(evidence, "manifest.json", isManifest);
  if (manifest.state !== "closed") {
    throw new SwarmError("evidence.invalid", "Cannot report on a run that was cut short: its bundle is still open", {
      hint: "`e2b-swarm verify` says what it holds; a run that ended writes its reports itself",
    });
  }
  const claimsFile = readDocument(evidence, "claims.json", isClaimsFile);
  return {
    manifest,
    manifestSha256: sha256(`${canonicalLine({ ...manifest, reports: {} })}\n`).toString("hex"),
    plan: readDocument(evidence, "plan.json", isPlan),
    planSha256: manifest.planSha256,
    fingerprint: readDocument(evidence, "env.json", isEnvironment).start,
    evidence: readEvidence(evidence),
    claims: claimsFile.claims,
    judgement: claimsFile.judgement,
  };
}

function readDocument<T>(folder: string, name: string, is: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, name), "utf8"));
    if (is(value)) return value;
  } catch {
    // Named below: what the parser says would quote the file.
  }
  throw new SwarmError("evidence.invalid", `Cannot read evidence/${name}: it is not what a run writes there`, {
    hint: "`e2b-swarm verify` says where the bundle was changed",
    details: { file: name },
  });
}

function isManifest(value: unknown): value is Manifest {
  return isRecord(value) && value.schema === "manifest/1" && isRecord(value.files) && isRecord(value.reports);
}

function isPlan(value: unknown): value is Plan {
  return isRecord(value) && value.schema === "plan/1" && Array.isArray(value.claims);
}

function isClaimsFile(value: unknown): value is ClaimsFile {
  return isRecord(value) && value.schema === "claims/1" && Array.isArray(value.claims) && isRecord(value.judgement);
}

function isEnvironment(value: unknown): value is { readonly start: Fingerprint } {
  return isRecord(value) && isRecord(value.start);
}
