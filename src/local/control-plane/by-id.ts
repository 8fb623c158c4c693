// The endpoints of one sandbox: get, kill, timeout, connect, refresh, metrics.
import { isRecord } from "../../contracts/json.ts";
import { callAgent } from "../agent-call.ts";
import { problem, type Answer } from "../answer.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest, Endpoint } from "./context.ts";
import { detailJson, sandboxJson } from "./sandbox-json.ts";

const connectDefaultSeconds = 300;
const refreshSeconds = { least: 15, most: 3600 } as const;

export function withSandbox(
  call: (plane: ControlPlane, sandbox: LocalSandbox, request: ControlRequest) => Promise<Answer> | Answer,
): Endpoint {
  return (plane, request) => {
    const sandbox = plane.table.get(request.id);
    if (sandbox === undefined) return notFound(request.id);
    return call(plane, sandbox, request);
  };
}

export function notFound(id: string): Answer {
  return problem(404, `Sandbox "${id}" doesn't exist or you don't have access to it`);
}

export const getEndpoint = withSandbox((plane, sandbox) => ({ status: 200, body: detailJson(plane, sandbox) }));

export const killEndpoint = withSandbox(async (plane, sandbox) => {
  await plane.table.kill(sandbox);
  return { status: 204 };
});

/** New end = now + timeout; zero or less ends it now. */
export const timeoutEndpoint = withSandbox(async (plane, sandbox, { body }) => {
  const { timeout } = body;
  if (typeof timeout !== "number" || !Number.isFinite(timeout))
    return problem(400, "timeout must be a number of seconds");
  if (timeout > limits.maxLifeSeconds) return problem(400, "Timeout cannot be greater than 24 hours");
  if (timeout <= 0) await plane.table.kill(sandbox);
  else plane.table.setDeadline(sandbox, timeout);
  return { status: 204 };
});

/** A running sandbox is only ever extended by a connect. */
export const connectEndpoint = withSandbox((plane, sandbox, { body }) => {
  const seconds = body.timeout ?? connectDefaultSeconds;
  if (typeof seconds !== "number" || !Number.isFinite(seconds) || seconds < 0)
    return problem(400, "timeout must be a number of seconds");
  if (seconds > limits.maxLifeSeconds) return problem(400, "Timeout cannot be greater than 24 hours");
  plane.table.setDeadline(sandbox, seconds, true);
  return { status: 200, body: sandboxJson(plane, sandbox) };
});

export const refreshEndpoint = withSandbox((plane, sandbox, { body }) => {
  const asked =
    typeof body.duration === "number" && Number.isFinite(body.duration) ? body.duration : refreshSeconds.least;
  if (asked > refreshSeconds.most) return problem(400, `duration is ${asked} but at most ${refreshSeconds.most}`);
  plane.table.setDeadline(sandbox, Math.max(asked, refreshSeconds.least), true);
  return { status: 204 };
});

/** One reading, taken now; the cloud's history of readings is not kept here. */
export const metricsEndpoint = withSandbox(async (plane, sandbox) => {
  const reading = await readMetrics(plane, sandbox);
  return { status: 200, body: reading === null ? [] : [reading] };
});

export async function readMetrics(plane: ControlPlane, sandbox: LocalSandbox): Promise<Record<string, unknown> | null> {
  try {
    const answer = await callAgent(
      sandbox.cell,
      { method: "GET", path: "/metrics", token: sandbox.token },
      plane.clock,
    );
    const value: unknown = answer.status === 200 ? JSON.parse(answer.text) : null;
    if (!isRecord(value)) return null;
    const nowMs = plane.clock.nowMs();
    return {
      timestamp: new Date(nowMs).toISOString(),
      timestampUnix: Math.floor(nowMs / 1000),
      cpuCount: limits.cpuCount,
      cpuUsedPct: amount(value.cpu_used_pct),
      memUsed: amount(value.mem_used),
      memTotal: limits.memoryMb * 1_048_576,
      memCache: amount(value.mem_cache),
      diskUsed: amount(value.disk_used),
      diskTotal: plane.label.diskMb === 0 ? amount(value.disk_total) : plane.label.diskMb * 1_048_576,
    };
  } catch {
    return null;
  }
}

function amount(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}
