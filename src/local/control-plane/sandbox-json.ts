// The three shapes in which the API shows a sandbox.
import { envdVersion, limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane } from "./context.ts";

/** Ignored by SDKs, so it can say where this sandbox really runs. */
export function clientId(plane: ControlPlane): string {
  return `local-${plane.label.isolation}`;
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
    cpuCount: limits.cpuCount,
    memoryMB: limits.memoryMb,
    diskSizeMB: plane.label.diskMb,
    metadata: sandbox.metadata,
    state: "running",
    envdVersion,
  };
}

export function detailJson(plane: ControlPlane, sandbox: LocalSandbox): Record<string, unknown> {
  return {
    ...listedJson(plane, sandbox),
    ...(sandbox.token === null ? {} : { envdAccessToken: sandbox.token }),
    domain: plane.domain,
    allowInternetAccess: sandbox.allowInternetAccess,
    lifecycle: { onTimeout: "kill", autoResume: false },
  };
}
