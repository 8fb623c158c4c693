// The facts of a bundle that was verified just before: claims with the sentences of their plan, the environment, and whether
// the audited report is one of the bundle's own. Reads files, judges nothing.
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { EvidenceClaim, EvidenceFacts } from "./compare.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The folder that `verify` takes, for it or for the evidence folder inside it; null when neither is there. */
export function bundleFolder(folder: string): string | null {
  if (existsSync(join(folder, "evidence", "plan.json"))) return folder;
  return basename(folder) === "evidence" && existsSync(join(folder, "plan.json")) ? dirname(folder) : null;
}

export function readBundle(folder: string, reportBytes: Buffer): EvidenceFacts {
  const read = (name: string): Fields => fieldsOf(JSON.parse(readFileSync(join(folder, "evidence", name), "utf8")));
  const planned = new Map(list(read("plan.json")["claims"]).map((claim) => [text(claim["id"]), claim] as const));
  const claims = list(read("claims.json")["claims"]).map((claim) =>
    claimOf(claim, planned.get(text(claim["id"])) ?? {}),
  );
  const env = fieldsOf(read("env.json")["start"]);
  const facts = Object.entries(env).flatMap(([label, value]) =>
    typeof value === "string" || typeof value === "number" ? [{ label, value: String(value) }] : [],
  );
  const digest = createHash("sha256").update(reportBytes).digest("hex");
  const reports = fieldsOf(read("manifest.json")["reports"]);
  const ownReport = Object.values(reports).some((entry) => fieldsOf(entry)["sha256"] === digest);
  return { claims, facts, ownReport };
}

const countFields = ["n", "over", "censored", "dropped", "excluded", "clusters", "nEff", "attempt", "need"] as const;

function claimOf(claim: Fields, planned: Fields): EvidenceClaim {
  const counts = Object.fromEntries(
    countFields.flatMap((name) => (typeof claim[name] === "number" ? [[name, claim[name]]] : [])),
  );
  return {
    id: text(claim["id"]),
    metric: text(claim["metric"]),
    sentence: text(planned["sentence"]),
    estimator: text(claim["estimator"]),
    unit: text(claim["unit"]),
    verdict: text(claim["verdict"]),
    qPpm: number(claim["qPpm"]),
    confPpm: number(claim["confPpm"]),
    value: number(claim["value"]),
    limit: number(fieldsOf(claim["threshold"])["value"]),
    counts,
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
