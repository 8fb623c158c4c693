// The parts of a divided run judged together. Each part must verify by itself and be of the very same signed plan; a part given
// twice, or of another plan, is refused; one that is missing leaves its shards missing, which makes the run incomplete.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { Plan } from "../claims/plan.ts";
import { profileNames, profiles } from "../claims/profiles.ts";
import { sha256 } from "../evidence/chain.ts";
import { bundlePaths } from "../evidence/manifest.ts";
import { openRun, type OpenRun } from "../evidence/open-run.ts";
import { openSigner } from "../evidence/sign.ts";
import { isPlan } from "./common-plan.ts";
import { finish, fingerprint, type Outcome } from "./finish.ts";
import { readLedger } from "./ledger.ts";
import { mainShard, subjectDigest } from "./plan-run.ts";
import type { MergeRequest, RunRequest } from "./request.ts";
import { makeFolder, originOn, type Host } from "./run-validation.ts";

interface Part {
  /** Report folder. */
  readonly folder: string;
  readonly evidence: string;
  readonly index: number;
  readonly planSha256: string;
  readonly dirty: boolean;
}

/** Throws `evidence.missing`, `evidence.mismatch`, `run.shard-foreign`, `run.shard-twice`. */
export async function mergeRuns(request: MergeRequest, host: Host): Promise<Outcome> {
  const parts = request.parts.map((folder) => readPart(resolve(request.folder, folder)));
  const plan = commonPlan(parts);
  refuseTwice(parts);
  const out = resolve(request.folder, request.out);
  const folder = makeFolder(join(out, `${plan.run}-merged`));
  const run = openMerged(folder, plan, parts, host);
  for (const part of parts) {
    host.progress(`shard ${part.index} of ${plan.parts?.length ?? 0}: ${part.folder}`);
    takeIn(run, part);
  }
  const whole = wholeRequest(request, plan);
  const subject = subjectDigest(whole);
  return finish({
    run,
    request: whole,
    host,
    folder,
    out,
    subject,
    // How each check ended stands in the parts.
    ends: [],
    ledger: readLedger(out, subject),
  });
}

function readPart(folder: string): Part {
  const evidence = join(folder, "evidence");
  const path = join(evidence, "plan.json");
  if (!existsSync(path)) {
    throw new SwarmError("evidence.missing", `Cannot merge ${folder}: it holds no evidence`, {
      hint: "Name the report folders that validate --shard left",
      details: { folder },
    });
  }
  refuseUnverified(folder);
  const env: unknown = JSON.parse(readFileSync(join(evidence, "env.json"), "utf8"));
  const ends = isRecord(env) ? [env.start, env.end] : [];
  const dirty = ends.some((one) => !isRecord(one) || one.dirty !== false);
  const index = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((i) => existsSync(join(evidence, `events/${mainShard(i)}.ndjson`)));
  if (index === undefined) throw foreign(folder, "it is a whole run, not a shard of one");
  return { folder, evidence, index, planSha256: sha256(readFileSync(path)).toString("hex"), dirty };
}

/** In a process of its own, which shares no code with the writers. */
function refuseUnverified(folder: string): void {
  const program = join(packageFolder("dist"), "harness/verify/main.js");
  const { stdout } = spawnSync(process.execPath, [program, folder, "--json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  const answer: unknown = JSON.parse(stdout === "" ? "null" : stdout);
  if (isRecord(answer) && answer.verified === true) return;
  throw new SwarmError("evidence.mismatch", `Cannot merge ${folder}: its evidence does not verify`, {
    hint: `See what is wrong: e2b-swarm verify ${folder}`,
    details: { folder },
  });
}

function commonPlan(parts: readonly Part[]): Plan {
  const [first] = parts;
  if (first === undefined) throw new SwarmError("usage.invalid", "Cannot merge: no shard is named");
  const other = parts.find((part) => part.planSha256 !== first.planSha256);
  if (other !== undefined) throw foreign(other.folder, `its plan is another one than that of ${first.folder}`);
  const plan: unknown = JSON.parse(readFileSync(join(first.evidence, "plan.json"), "utf8"));
  if (!isPlan(plan) || plan.parts === undefined) throw foreign(first.folder, "its plan is not divided");
  return plan;
}

function foreign(folder: string, why: string): SwarmError {
  return new SwarmError("run.shard-foreign", `Refused to merge ${folder}: ${why}`, {
    hint: "Run every shard with the same --plan",
    details: { folder },
  });
}

function refuseTwice(parts: readonly Part[]): void {
  const seen = new Map<number, string>();
  for (const { index, folder } of parts) {
    const before = seen.get(index);
    if (before !== undefined) {
      throw new SwarmError("run.shard-twice", `Refused to merge ${folder}: shard ${index} is also ${before}`, {
        hint: "Name each shard once; a second attempt at a shard is a new run with a new plan",
        details: { index },
      });
    }
    seen.set(index, folder);
  }
}

function openMerged(folder: string, plan: Plan, parts: readonly Part[], { clock, keys }: Host): OpenRun {
  const own = fingerprint();
  return openRun({
    folder: join(folder, "evidence"),
    plan,
    clock,
    signer: openSigner(join(keys, "signing-key.pem")),
    fingerprint: { ...own, dirty: own.dirty === null || parts.some(({ dirty }) => dirty) ? true : own.dirty },
    shard: "merge",
    originNs: originOn(clock, plan),
  });
}

const fixed = [
  "manifest.json",
  "run.dsse.json",
  "plan.dsse.json",
  "keys.json",
  "env.json",
  "checkpoints.ndjson",
] as const;

/** Its records as they are, and beside them what the shard signed. */
function takeIn(run: OpenRun, part: Part): void {
  const to = run.context.folder;
  for (const path of bundlePaths(part.evidence)) {
    if (/^(?:samples|observations|events)\/.*\.ndjson$/.test(path)) copy(part, path, join(to, path));
  }
  for (const name of fixed) {
    if (existsSync(join(part.evidence, name))) copy(part, name, join(to, `parts/${part.index}`, name));
  }
  const manifest = sha256(readFileSync(join(part.evidence, "manifest.json"))).toString("hex");
  run.events.append({ k: "note", what: "lifecycle", data: { shard: part.index, manifestSha256: manifest } });
}

function copy(part: Part, path: string, to: string): void {
  if (existsSync(to)) throw foreign(part.folder, `another shard has already recorded ${path}`);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(join(part.evidence, path), to);
}

function wholeRequest({ folder, out }: MergeRequest, plan: Plan): RunRequest {
  return {
    task: "validate",
    target: plan.target,
    isolation: plan.isolation === "gvisor" || plan.isolation === "none" ? plan.isolation : "bwrap",
    folder,
    out,
    profile: profiles[profileNames.find((name) => name === plan.profile) ?? "gate"],
    layers: ["backend", "mcp", "cli", "trading", "production"],
    bench: true,
    budgetMicroUsd: plan.budgetMicroUsd ?? 0,
    confirmCost: false,
    part: null,
  };
}
