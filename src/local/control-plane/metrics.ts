// Metrics of one sandbox over a time, and the newest of many.
import { problem, type Answer } from "../answer.ts";
import type { Reading } from "../lifecycle/metrics-book.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { withSandbox } from "./with-sandbox.ts";

const maxSandboxes = 100;

/** `start` and `end` in unix seconds, both inclusive. */
export const metricsEndpoint = withSandbox(async (plane, sandbox, { url }) => {
  const start = seconds(url, "start");
  const end = seconds(url, "end");
  if (Number.isNaN(start) || Number.isNaN(end)) return problem(400, "start and end must be unix seconds");
  if (start !== null && end !== null && start > end) return problem(400, "start must not be after end");
  const readings = await plane.metrics.history(sandbox);
  const wanted = readings.filter(({ atMs }) => {
    const at = Math.floor(atMs / 1000);
    return (start === null || at >= start) && (end === null || at <= end);
  });
  return { status: 200, body: wanted.map((reading) => metricJson(sandbox, reading)) };
});

export async function metricsOfManyEndpoint(plane: ControlPlane, { url }: ControlRequest): Promise<Answer> {
  const asked = url.searchParams.getAll("sandbox_ids").flatMap((text) => text.split(","));
  const ids = asked.map((id) => id.split("-", 1)[0] ?? "").filter((id) => id !== "");
  if (ids.length > maxSandboxes) return problem(400, `Too many sandboxes requested, maximum is ${maxSandboxes}`);
  if (ids.some((id) => !/^[a-z0-9]+$/.test(id))) return problem(400, "Invalid sandbox ID");
  const sandboxes = [...new Set(ids)].flatMap((id) => plane.table.get(id) ?? []);
  const newest = await Promise.all(
    sandboxes.map(async (sandbox) => {
      const reading = (await plane.metrics.history(sandbox)).at(-1);
      return reading === undefined ? [] : [[sandbox.id, metricJson(sandbox, reading)] as const];
    }),
  );
  return { status: 200, body: { sandboxes: Object.fromEntries(newest.flat()) } };
}

function metricJson(sandbox: LocalSandbox, reading: Reading): Record<string, unknown> {
  const { atMs, ...used } = reading;
  const { cpuCount, memoryMb } = sandbox.origin?.build ?? limits;
  return {
    timestamp: new Date(atMs).toISOString(),
    timestampUnix: Math.floor(atMs / 1000),
    cpuCount,
    memTotal: memoryMb * 1_048_576,
    ...used,
  };
}

/** Null when absent, NaN when it is no number. */
function seconds(url: URL, name: string): number | null {
  const text = url.searchParams.get(name);
  return text === null || text === "" ? null : Number(text);
}
