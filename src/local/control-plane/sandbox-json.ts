// The three shapes in which the API shows a sandbox.
import type { CellSize } from "../isolation/backend.ts";
import { envdVersion, limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane } from "./context.ts";
import { egressJson } from "../lifecycle/egress.ts";
import { lifecycleJson } from "./lifecycle-fields.ts";

/** Ignored by SDKs, so it can say where this sandbox really runs. */
export function clientId(plane: ControlPlane): string {
  return `local-${plane.label.isolation}`;
}

/** Its template's CPU and memory. */
export function sizeOf({ source }: LocalSandbox): CellSize {
  return source.size ?? { cpuCount: limits.cpuCount, memoryMb: limits.memoryMb };
}

export function sandboxJson(plane: ControlPlane, sandbox: LocalSandbox): Record<string, unknown> {
  return {
    sandboxID: sandbox.id,
    templateID: sandbox.templateId,
    alias: sandbox.alias,
    clientID: clientId(plane),
    envdVersion,
    ...(sandbox.token === null ? {} : { envdAccessToken: sandbox.token }),
    trafficAccessToken: sandbox.ingress.trafficToken,
    domain: plane.domain,
  };
}

export function listedJson(plane: ControlPlane, sandbox: LocalSandbox): Record<string, unknown> {
  return {
    sandboxID: sandbox.id,
    templateID: sandbox.templateId,
    alias: sandbox.alias,
    clientID: clientId(plane),
    startedAt: new Date(sandbox.startedAtMs).toISOString(),
    endAt: new Date(sandbox.endAtMs).toISOString(),
    cpuCount: sizeOf(sandbox).cpuCount,
    memoryMB: sizeOf(sandbox).memoryMb,
    diskSizeMB: plane.label.diskMb,
    metadata: sandbox.metadata,
    // One that is being paused is no longer of use as running, one that is being resumed not yet.
    state: sandbox.state.kind === "running" ? "running" : "paused",
    envdVersion,
    ...(sandbox.volumeMounts.length === 0 ? {} : { volumeMounts: sandbox.volumeMounts }),
  };
}

export function detailJson(plane: ControlPlane, sandbox: LocalSandbox): Record<string, unknown> {
  return {
    ...listedJson(plane, sandbox),
    ...(sandbox.token === null ? {} : { envdAccessToken: sandbox.token }),
    domain: plane.domain,
    // Not what is possible but what was said: SDKs up to 2.45 always send true. The label names the network there is.
    allowInternetAccess: sandbox.egress.allowInternetAccess,
    ...networkJson(sandbox),
    lifecycle: lifecycleJson(sandbox),
  };
}

/** Left out where nobody said anything about the network. */
function networkJson({ egress, ingress }: LocalSandbox): Record<string, unknown> {
  const said = {
    ...egressJson(egress),
    ...(ingress.trafficToken === null ? {} : { allowPublicTraffic: false }),
    ...(ingress.maskRequestHost === null ? {} : { maskRequestHost: ingress.maskRequestHost }),
    ...(ingress.httpsPorts.length === 0 ? {} : { httpsPorts: ingress.httpsPorts }),
  };
  return Object.keys(said).length === 0 ? {} : { network: said };
}
