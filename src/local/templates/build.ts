// One build from its plan to a ready template or a reason. Cached layers first, then one cell in which the remaining steps run
// and from which each result is captured; at the end the start command has to prove itself in a cell of its own.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { callAgent } from "../agent-call.ts";
import type { ImageStore } from "../images/image-store.ts";
import type { Cell, IsolationBackend } from "../isolation/backend.ts";
import { limits } from "../limits.ts";
import { mapImage, type HostBase } from "./base-image.ts";
import type { FileCache } from "./file-cache.ts";
import { layerKey, type Layer, type LayerCache } from "./layers.ts";
import { emptyContext, type BuildReason, type Built, type StartCommand, type TemplateBuild } from "./model.ts";
import type { BuildPlan, BuildStep } from "./parse-build.ts";
import { bringUp } from "./start-command.ts";
import { runStep } from "./steps.ts";
import type { TemplateStore } from "./store.ts";

export interface BuildTools {
  readonly backend: IsolationBackend;
  readonly clock: Clock;
  readonly store: TemplateStore;
  readonly files: FileCache;
  readonly images: ImageStore;
  readonly layers: LayerCache;
  readonly host: HostBase;
}

interface Base extends Layer {
  readonly key: string;
  readonly start: StartCommand | null;
  readonly sentence: string;
}

/** What one build carries from step to step. */
interface Progress {
  layer: Layer;
  key: string;
  cell: Cell | null;
}

interface Running {
  readonly tools: BuildTools;
  readonly build: TemplateBuild;
  readonly plan: BuildPlan;
  readonly timeLeftMs: () => number;
  /** Set once somebody cancelled. */
  readonly cancelled: () => string | null;
}

type Failure = { readonly failed: BuildReason };

/** Never rejects: what goes wrong is the build's reason. The image of a ready build is held for it. */
export async function runBuild(tools: BuildTools, build: TemplateBuild, plan: BuildPlan): Promise<void> {
  const { clock, store } = tools;
  const endNs = clock.monotonicNs() + BigInt(limits.buildMs) * 1_000_000n;
  const progress: Progress = { layer: { image: null, context: emptyContext }, key: "", cell: null };
  let cancelled: string | null = null;
  build.state = {
    kind: "building",
    cancel: (reason) => {
      cancelled ??= reason;
      void progress.cell?.kill();
    },
  };
  const timeLeftMs = (): number => Number((endNs - clock.monotonicNs()) / 1_000_000n);
  const running: Running = { tools, build, plan, timeLeftMs, cancelled: () => cancelled };
  try {
    const outcome = await carryOut(running, progress);
    if ("failed" in outcome) fail(running, cancelled === null ? outcome.failed : { message: cancelled });
    else if (store.finish(build, outcome)) progress.layer = { ...progress.layer, image: null };
  } catch (thrown) {
    fail(running, { message: cancelled ?? SwarmError.from(thrown).message });
  } finally {
    // A finished build holds its image from here on; any other lets go of it.
    if (progress.layer.image !== null) tools.images.release(progress.layer.image);
    await progress.cell?.kill();
  }
}

function fail({ tools, build }: Running, reason: BuildReason): void {
  build.log.write("error", reason.message, reason.step ?? null);
  tools.store.fail(build, reason);
}

async function carryOut(running: Running, progress: Progress): Promise<Built | Failure> {
  const { tools, build, plan } = running;
  const base = findBase(running);
  if ("failed" in base) return base;
  build.log.write("warn", base.sentence, "base");
  warnOfLimits(running);
  if (base.image !== null) tools.images.retain(base.image);
  progress.layer = { image: base.image, context: base.context };
  progress.key = base.key;
  const failure = await runSteps(running, progress);
  if (failure !== null) return { failed: failure };
  await progress.cell?.kill();
  progress.cell = null;
  const { image, context } = progress.layer;
  const hasOwn = plan.startCmd !== "" || plan.readyCmd !== "";
  const start = hasOwn ? { startCmd: plan.startCmd, readyCmd: plan.readyCmd, context } : base.start;
  const built: Built = { image, context, start, base: base.sentence };
  const reason = await finalize(running, progress, built);
  return reason === null ? built : { failed: reason };
}

function findBase({ tools, plan }: Running): Base | Failure {
  const { base } = plan;
  switch (base.kind) {
    case "image": {
      const mapped = mapImage(base.name, tools.host);
      if (mapped.kind === "refused") return { failed: { message: mapped.sentence, step: "base" } };
      const unused = base.withCredentials ? "; the registry credentials were not used" : "";
      const sentence = mapped.sentence + unused;
      return { image: null, context: emptyContext, key: mapped.cacheKey, start: null, sentence };
    }
    case "template": {
      const found = tools.store.resolve(base.name);
      if (typeof found === "string") return { failed: { message: found, step: "base" } };
      const { image, context, start, base: sentence } = found.built;
      return { image, context, key: `build:${found.build.id}`, start, sentence };
    }
  }
}

function warnOfLimits({ tools, build }: Running): void {
  const { limits: how } = tools.backend.label;
  if (how === "cgroup1" || how === "cgroup2") return;
  const asked = `${build.cpuCount} CPU and ${build.memoryMb} MiB`;
  build.log.write("warn", `This machine bounds sandboxes by ${how}: ${asked} are recorded, not enforced`, "base");
}

async function runSteps(running: Running, progress: Progress): Promise<BuildReason | null> {
  const { tools, build, plan } = running;
  let cached = !plan.force;
  for (const [index, step] of plan.steps.entries()) {
    const number = index + 1;
    const title = `[builder ${number}/${plan.steps.length}] ${step.type} ${step.args.join(" ")}`.trimEnd();
    const key = layerKey(progress.key, step);
    const found = cached && !step.force ? tools.layers.find(key) : null;
    if (found === null) {
      cached = false;
      build.log.write("info", title, String(number));
      const reason = await runOne(running, progress, { step, number, key });
      if (reason !== null) return reason;
    } else {
      build.log.write("info", `CACHED ${title}`, String(number));
      moveTo(tools, progress, found);
    }
    progress.key = key;
  }
  return null;
}

/** Holds the new layer's image and lets go of the one before. */
function moveTo(tools: BuildTools, progress: Progress, layer: Layer): void {
  if (layer.image !== null) tools.images.retain(layer.image);
  if (progress.layer.image !== null) tools.images.release(progress.layer.image);
  progress.layer = layer;
}

interface OneStep {
  readonly step: BuildStep;
  readonly number: number;
  readonly key: string;
}

async function runOne(running: Running, progress: Progress, one: OneStep): Promise<BuildReason | null> {
  const { tools, build, timeLeftMs } = running;
  const step = String(one.number);
  progress.cell ??= await startCell(running, progress.layer);
  const { cell } = progress;
  // Cancelled while the cell came up: nobody could end it then.
  const early = running.cancelled();
  if (early !== null) return { message: early };
  const outcome = await runStep(one.step, {
    cell,
    ids: tools.backend.label.ids,
    context: progress.layer.context,
    files: tools.files,
    timeLeftMs,
    log: (level, message) => build.log.write(level, `[builder ${step}/${running.plan.steps.length}] ${message}`, step),
  });
  const stop = running.cancelled();
  if (stop !== null) return { message: stop };
  if (outcome.kind === "failed") return { message: outcome.message, step };
  // Setting a variable leaves the files as they are: the layer shares the image of the one before.
  const changesFiles = one.step.type !== "ENV" && one.step.type !== "ARG";
  if (changesFiles) {
    const image = await tools.images.make(async (to) => cell.capture(to));
    if (progress.layer.image !== null) tools.images.release(progress.layer.image);
    progress.layer = { image, context: outcome.context };
  } else progress.layer = { image: progress.layer.image, context: outcome.context };
  tools.layers.keep(one.key, progress.layer);
  return null;
}

async function startCell({ tools, build }: Running, layer: Layer): Promise<Cell> {
  const cell = await startFrom(tools, layer.image, build);
  const body = { envVars: { E2B_SANDBOX: "true", E2B_TEMPLATE_ID: build.templateId } };
  const call = { method: "POST", path: "/init", body, withinMs: limits.startMs } as const;
  try {
    const { status } = await callAgent(cell, call, tools.clock);
    if (status === 204) return cell;
    throw new SwarmError("sandbox.create-failed", `The build's agent refused /init: ${status}`);
  } catch (cause) {
    await cell.kill();
    throw cause;
  }
}

async function startFrom({ backend, images }: BuildTools, image: string | null, build: TemplateBuild): Promise<Cell> {
  const { cpuCount, memoryMb } = build;
  const size = { cpuCount, memoryMb };
  return image === null ? backend.start({ size }) : images.use(image, async (path) => backend.start({ size, image: path }));
}

/** The start command runs in a fresh cell, exactly as it will in every sandbox; its changes are not kept. */
async function finalize(running: Running, progress: Progress, built: Built): Promise<BuildReason | null> {
  const { start, context } = built;
  const { tools, build } = running;
  const log = (message: string): void => build.log.write("info", message, "finalize");
  const ids = tools.backend.label.ids;
  if (ids === "single" && (start?.context.user ?? context.user) !== "user") {
    const sentence = `This machine gives a sandbox one user id: a template cannot end as USER ${context.user}`;
    return { message: sentence, step: "finalize" };
  }
  if (start === null) return null;
  progress.cell = await startCell(running, progress.layer);
  const { clock } = tools;
  const up = await bringUp(progress.cell, { start, clock, log, token: null, env: {}, withinMs: running.timeLeftMs() });
  const stop = running.cancelled();
  if (stop !== null) return { message: stop };
  return up.kind === "ready" ? null : { message: up.reason, step: "finalize" };
}
