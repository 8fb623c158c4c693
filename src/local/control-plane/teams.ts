// The one team of this server, as far as the SDK and the CLI ask about teams: who it is, and what it uses.
import { problem, type Answer } from "../answer.ts";
import { teamSlug } from "../templates/names.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";

export const teamId = "00000000-0000-4000-8000-00000000e2b0";

/** The key is the one that the caller has just shown. */
export function teamsEndpoint(_: ControlPlane, { apiKey }: ControlRequest): Answer {
  return { status: 200, body: [{ teamID: teamId, name: teamSlug, apiKey, isDefault: true }] };
}

/** One reading, taken now: this server keeps no history of itself, so a rate of starts is not said. */
export function teamMetricsEndpoint(plane: ControlPlane, { parts }: ControlRequest): Answer {
  if (parts[0] !== teamId) return foreign(parts[0] ?? "");
  const { timestamp, timestampUnix } = now(plane);
  const concurrentSandboxes = plane.table.active().length;
  return { status: 200, body: [{ timestamp, timestampUnix, concurrentSandboxes }] };
}

export function teamMetricsMaxEndpoint(plane: ControlPlane, { parts, url }: ControlRequest): Answer {
  if (parts[0] !== teamId) return foreign(parts[0] ?? "");
  const metric = url.searchParams.get("metric");
  if (metric === "concurrent_sandboxes")
    return { status: 200, body: { ...now(plane), value: plane.table.active().length } };
  if (metric === "sandbox_start_rate") return problem(400, "The local target does not keep sandbox_start_rate");
  return problem(400, "metric must be concurrent_sandboxes or sandbox_start_rate");
}

function now(plane: ControlPlane): { readonly timestamp: string; readonly timestampUnix: number } {
  const ms = plane.clock.nowMs();
  return { timestamp: new Date(ms).toISOString(), timestampUnix: Math.floor(ms / 1000) };
}

function foreign(asked: string): Answer {
  return problem(403, `You (${teamId}) are not authorized to access this team's (${asked.slice(0, 64)}) metrics`);
}
