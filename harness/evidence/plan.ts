// Registration of the plan: written and signed before the first sample, because only a limit that was fixed before looking
// means anything. Law: measurement §8, "plan pre-registration".
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { unwritable } from "../../src/host/durable-file.ts";
import type { Plan } from "../claims/plan.ts";
import { canonicalLine } from "./canonical.ts";
import { sha256 } from "./chain.ts";
import type { RunContext } from "./recorder.ts";
import { refuseSecrets } from "./secrets.ts";
import { planType, seal, type Signer } from "./sign.ts";

/** Writes plan.json, and plan.dsse.json and keys.json when there is a signer. Throws when a plan is already there. */
export function registerPlan(folder: string, plan: Plan, signer: Signer | null): RunContext {
  refuseBadPlan(plan);
  const text = canonicalLine(plan);
  if (existsSync(join(folder, "plan.json"))) throw alreadyThere(folder);
  // plan.json comes last: where it stands, a run was registered and its signature stands beside it.
  if (signer !== null) {
    writeOnce(folder, "keys.json", canonicalLine({ schema: "keys/1", keys: { [signer.keyid]: signer.publicKey } }));
    writeOnce(folder, "plan.dsse.json", canonicalLine(seal(signer, planType, `${text}\n`)));
  }
  writeOnce(folder, "plan.json", text);
  return contextOf(folder, plan.run, plan.originNs, text);
}

/** What a second process needs to record into a run that is already registered. Throws `evidence.missing`. */
export function joinRun(folder: string): RunContext {
  const path = join(folder, "plan.json");
  if (!existsSync(path)) throw noPlan(folder);
  const text = readFileSync(path, "utf8").replace(/\n$/, "");
  const plan: unknown = JSON.parse(text);
  if (!isRecord(plan) || typeof plan["run"] !== "string" || typeof plan["originNs"] !== "string") throw noPlan(folder);
  return contextOf(folder, plan["run"], plan["originNs"], text);
}

function contextOf(folder: string, run: string, originNs: string, text: string): RunContext {
  return { folder, run, planSha256: sha256(`${text}\n`).toString("hex"), originNs: BigInt(originNs) };
}

/** Writes one document as a canonical line; an existing file is never replaced. */
export function writeOnce(folder: string, name: string, text: string): void {
  refuseSecrets(text, name);
  const path = join(folder, name);
  const scratch = `${path}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(scratch, `${text}\n`, { mode: 0o600, flush: true });
    // A link refuses a name that is taken, and a process killed here leaves no half document under it.
    linkSync(scratch, path);
  } catch (cause) {
    throw unwritable(path, cause);
  } finally {
    rmSync(scratch, { force: true });
  }
}

function alreadyThere(folder: string): SwarmError {
  return unwritable(
    join(folder, "plan.json"),
    Object.assign(new Error("a plan is already registered"), { code: "EEXIST" }),
  );
}

const claimId = /^c-(?:local|cloud|mixed)\.[a-z0-9][a-z0-9.-]*$/;

function refuseBadPlan(plan: Plan): void {
  const seen = new Set<string>();
  for (const claim of plan.claims) {
    if (!claimId.test(claim.id)) throw badPlan(`claim "${claim.id}" has no valid id`);
    if (seen.has(claim.id)) throw badPlan(`claim "${claim.id}" is planned twice`);
    seen.add(claim.id);
    const gated = claim.need !== "info";
    if (gated && claim.threshold === null) throw badPlan(`claim "${claim.id}" is gated and has no threshold`);
    if (gated && needsConfidence.has(claim.estimator) && claim.confPpm === null) {
      throw badPlan(`claim "${claim.id}" is a bound and has no confidence`);
    }
  }
  if (plan.attempt < 1) throw badPlan("attempt is below one");
}

const needsConfidence = new Set(["quantile.upper", "quantile.lower", "proportion.lower", "proportion.upper"]);

function badPlan(problem: string): SwarmError {
  return new SwarmError("evidence.invalid", `Cannot register the plan: ${problem}`, {
    hint: "Correct the list of claims; a plan cannot be changed after the first sample",
  });
}

function noPlan(folder: string): SwarmError {
  return new SwarmError("evidence.missing", `Cannot join the run: there is no registered plan in ${folder}`, {
    hint: "Open the run first; its evidence folder holds plan.json",
    details: { folder },
  });
}
