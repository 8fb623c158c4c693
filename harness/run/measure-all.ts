// What is measured, in order: the layers, and before the production checks, which read its raw samples, the benchmark. Money
// spent is looked at between them.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { spending } from "../../bench/budget.ts";
import { benchShards, runBench } from "../../bench/run-bench.ts";
import { readEvidence } from "../evidence/read-evidence.ts";
import type { OpenRun } from "../evidence/open-run.ts";
import { layers, type Layer } from "../claims/checks.ts";
import type { FoundTarget } from "./find-target.ts";
import type { RunRequest } from "./request.ts";
import type { Host } from "./run-validation.ts";
import { runLayer, type CheckEnd } from "./run-layer.ts";

export interface Measuring {
  readonly request: RunRequest;
  readonly host: Host;
  readonly run: OpenRun;
  readonly found: FoundTarget;
  readonly scratch: string;
  readonly ends: CheckEnd[];
}

/** Throws what stopped it: the signal's reason, `budget.exceeded`, or an error of the harness. */
export async function measureAll(measuring: Measuring): Promise<void> {
  const { request, host, run, scratch, ends } = measuring;
  const mine = layersOfPart(measuring);
  const suiteRun = suiteRunOf(measuring);
  const onCheck = (end: CheckEnd): void => host.progress(`${end.state.padEnd(7)} ${end.id} (${end.durationMs} ms)`);
  const before = mine.filter((layer) => layer !== "production");
  const after = mine.filter((layer) => layer === "production");
  const suite = async (layer: Layer): Promise<void> => {
    host.signal.throwIfAborted();
    host.progress(`suite ${layer}`);
    ends.push(...(await runLayer({ layer, suiteRun, scratch, onCheck, signal: host.signal })));
    run.checkpoints.take();
    refuseSpent(run);
  };
  for (const layer of before) await suite(layer);
  host.signal.throwIfAborted();
  // A run of some layers only measures what the last of them reads.
  const whole = request.layers.length === 0 || request.layers.includes("production");
  if (request.bench && whole) await measureBench(measuring);
  for (const layer of after) await suite(layer);
  host.signal.throwIfAborted();
}

function layersOfPart({ request, run }: Measuring): readonly Layer[] {
  if (request.part === null) return layers.filter((layer) => request.layers.includes(layer));
  const own = run.plan.parts?.[request.part.index - 1] ?? [];
  return layers.filter((layer) => own.some((shard) => shard.startsWith(`check-${layer}-`)));
}

function suiteRunOf({ request, run, found, scratch }: Measuring) {
  const { context } = run;
  return {
    evidence: context.folder,
    run: context.run,
    planSha256: context.planSha256,
    originNs: String(context.originNs),
    target: request.target,
    isolation: request.isolation,
    port: found.port,
    domain: found.domain,
    unavailable: found.unavailable,
    scratch,
  };
}

/** Sandboxes of checks cost as well. */
function refuseSpent({ plan, context }: OpenRun): void {
  const meters = readEvidence(context.folder)
    .events.flatMap((file) => file.events)
    .filter((event) => event.k === "meter")
    .filter((meter) => meter.metric === "meter.sandbox-seconds");
  spending(plan)(
    meters.map(({ sandboxId, ns, vcpu, memMiB }) => ({
      sandboxId,
      ranNs: BigInt(ns),
      cpuCount: vcpu,
      memoryMb: memMiB,
    })),
  );
}

/** Pages that earlier work left to be written would stall the durable writes that are measured. */
function settle(): void {
  spawnSync("sync", { timeout: 60_000, stdio: "ignore" });
}

async function measureBench({ request, host, run, found, scratch }: Measuring): Promise<void> {
  const { plan } = run;
  const mine = request.part === null ? plan.shards : (plan.parts?.[request.part.index - 1] ?? []);
  const shards = Object.values(benchShards).filter((shard) => mine.includes(shard));
  if (shards.length === 0) return;
  settle();
  const folder = mkdtempSync(join(scratch, "bench-"));
  try {
    await runBench({
      context: run.context,
      plan,
      shards,
      options: { target: request.target, isolation: request.isolation, folder },
      port: found.port,
      domain: found.domain,
      sandboxes: found.unavailable === null,
      progress: host.progress,
      signal: host.signal,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    run.checkpoints.take();
  }
}
