// Opens a run: plan signed first, then the open manifest, the fingerprint and the first checkpoint. From here on a killed
// run leaves a bundle that anyone can see is unfinished. Law: measurement §8 and §9.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../src/host/clock.ts";
import { replaceFile, unwritable } from "../../src/host/durable-file.ts";
import type { Manifest } from "../claims/bundle.ts";
import type { Plan } from "../claims/plan.ts";
import { canonicalLine } from "./canonical.ts";
import { openCheckpoints, type Checkpoints } from "./checkpoints.ts";
import type { Fingerprint } from "./env.ts";
import { buildManifest } from "./manifest.ts";
import { registerPlan } from "./plan.ts";
import { openEvents, type EventRecorder, type RunContext } from "./recorder.ts";
import type { Signer } from "./sign.ts";

export interface OpenRun {
  readonly plan: Plan;
  readonly context: RunContext;
  /** The orchestrator's own shard, `main`; closed by closeRun. */
  readonly events: EventRecorder;
  readonly checkpoints: Checkpoints;
  readonly signer: Signer | null;
  readonly fingerprint: Fingerprint;
}

export interface OpenRunOptions {
  /** The `evidence` folder, which must be empty or absent; reports stand beside it. */
  readonly folder: string;
  readonly plan: Plan;
  readonly clock: Clock;
  /** Name of the orchestrator's own shard; default `main`. */
  readonly shard?: string;
  /** Moment that all offsets count from, when it is not the plan's own: a part of a divided run on another machine. */
  readonly originNs?: bigint;
  /** Null leaves the run unsigned: assurance A0. */
  readonly signer: Signer | null;
  readonly fingerprint: Fingerprint;
}

/** Throws `state.unwritable` (also when a bundle is already there) and `evidence.invalid` for a plan that breaks rules. */
export function openRun(options: OpenRunOptions): OpenRun {
  const { folder, plan, clock, signer, fingerprint } = options;
  const registered = registerPlan(folder, plan, signer);
  const context = { ...registered, originNs: options.originNs ?? registered.originNs };
  writeEnv(context, { start: fingerprint, end: null });
  const events = openEvents(context, options.shard ?? "main", clock);
  writeManifest(context, buildManifest(folder, { ...headOf(context), state: "open", reports: {} }));
  const checkpoints = openCheckpoints(context, clock, signer);
  checkpoints.take();
  return { plan, context, events, checkpoints, signer, fingerprint };
}

export function headOf(context: RunContext): Pick<Manifest, "run" | "planSha256"> {
  return { run: context.run, planSha256: context.planSha256 };
}

export function writeEnv(
  context: RunContext,
  found: { readonly start: Fingerprint; readonly end: Fingerprint | null },
): void {
  write(context, "env.json", canonicalLine({ schema: "env/1", run: context.run, ...found }));
}

export function writeManifest(context: RunContext, manifest: Manifest): void {
  replaceFile(join(context.folder, "manifest.json"), `${canonicalLine(manifest)}\n`);
}

function write(context: RunContext, name: string, text: string): void {
  const path = join(context.folder, name);
  try {
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
