// The plan that the parts of a divided run have in common: read from its folder, its signature checked before anything is done.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import type { DsseEnvelope } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import { profileNames, profiles } from "../claims/profiles.ts";
import { layers } from "../claims/checks.ts";
import { openEnvelope, keyidOf } from "../evidence/sign.ts";
import type { RunRequest } from "./request.ts";

/** The request as the plan has it: target, isolation, profile and layers are the plan's. Throws `evidence.missing`, `evidence.mismatch`, `usage.invalid`. */
export function readCommonPlan(asked: RunRequest): { readonly request: RunRequest; readonly common: Plan } {
  const { part } = asked;
  if (part === null) throw new Error("Invariant broken: only a part has a common plan");
  const common = readSignedPlan(resolve(asked.folder, part.plan));
  const parts = common.parts?.length ?? 0;
  if (parts !== part.of) {
    throw new SwarmError("usage.invalid", `Cannot run shard ${part.index}/${part.of}: the plan has ${parts} shards`, {
      hint: parts === 0 ? "Make the plan with --shards" : `Say --shard ${Math.min(part.index, parts)}/${parts}`,
      details: { field: "shard" },
    });
  }
  const isolation = common.isolation === "provider" ? asked.isolation : isolationOf(common.isolation);
  const profile = profiles[profileNames.find((name) => name === common.profile) ?? "gate"];
  return { request: { ...asked, target: common.target, isolation, profile, layers }, common };
}

/** The plan in a folder, from the very bytes that were signed. */
export function readSignedPlan(folder: string): Plan {
  const texts = ["plan.json", "plan.dsse.json", "keys.json"].map((name) => textOf(join(folder, name)));
  const [text = "", envelope = "", keys = ""] = texts;
  const plan: unknown = JSON.parse(text);
  if (isSigned(text, JSON.parse(envelope), JSON.parse(keys)) && isPlan(plan)) return plan;
  throw new SwarmError("evidence.mismatch", `Cannot use the plan in ${folder}: its signature does not hold`, {
    hint: "Make it again: e2b-swarm plan --shards 2 --out plan",
    details: { folder },
  });
}

function textOf(path: string): string {
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new SwarmError("evidence.missing", `Cannot use the plan: there is no ${path}`, {
    hint: "Make it first: e2b-swarm plan --shards 2 --out plan",
    details: { path },
  });
}

function isSigned(text: string, envelope: unknown, keys: unknown): boolean {
  if (!isEnvelope(envelope) || !isRecord(keys) || !isRecord(keys.keys)) return false;
  return Object.entries(keys.keys).some(([keyid, key]) => {
    const spki = Buffer.from(String(key), "base64");
    return keyidOf(spki) === keyid && openEnvelope(envelope, spki)?.toString() === text;
  });
}

function isEnvelope(value: unknown): value is DsseEnvelope {
  return isRecord(value) && typeof value.payload === "string" && Array.isArray(value.signatures);
}

export function isPlan(value: unknown): value is Plan {
  return isRecord(value) && value.schema === "plan/1" && Array.isArray(value.claims) && typeof value.run === "string";
}

function isolationOf(name: string): RunRequest["isolation"] {
  return name === "gvisor" || name === "none" ? name : "bwrap";
}
