// POST /sandboxes/{id}/fork: one entry for each fork asked for, a sandbox or the error that kept it from starting.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { problem, type Answer } from "../answer.ts";
import { fork, type ForkResult } from "../lifecycle/fork.ts";
import type { ControlPlane } from "./context.ts";
import { quotaReached } from "./create.ts";
import { changeFailed } from "./pausing.ts";
import { sandboxJson } from "./sandbox-json.ts";
import { parseSeconds } from "./timeouts.ts";
import { notFound, withSandbox } from "./with-sandbox.ts";

const maxCount = 100;
/** The specification says 15; SDKs that name no timeout expect what create gives. */
const defaultSeconds = 300;

export const forkEndpoint = withSandbox(async (plane, sandbox, { body }) => {
  const seconds = parseSeconds(body.timeout, defaultSeconds, 1);
  if (typeof seconds !== "number") return seconds;
  const count = body.count ?? 1;
  if (typeof count !== "number" || !Number.isInteger(count)) return problem(400, "Count must be a whole number");
  if (count < 1) return problem(400, "Count must be at least 1");
  if (count > maxCount) return problem(400, `Count cannot be greater than ${maxCount}`);
  if (count >= plane.maxSandboxes) {
    const sentence = `Count must be lower than the maximum number of concurrent sandboxes (${plane.maxSandboxes})`;
    return problem(400, sentence);
  }
  try {
    const outcome = await fork(plane, sandbox, { count, seconds });
    if (outcome === "gone") return notFound(sandbox.id);
    if (outcome === "paused")
      return problem(409, `Sandbox '${sandbox.id}' is paused and cannot be forked; resume it first`);
    return { status: 201, body: outcome.map((result) => entry(plane, result)) };
  } catch (thrown) {
    return changeFailed(plane, "Error forking sandbox", thrown);
  }
});

function entry(plane: ControlPlane, result: ForkResult): Record<string, unknown> {
  if ("sandbox" in result) return { sandbox: sandboxJson(plane, result.sandbox) };
  const { failure } = result;
  return { error: failure === "quota" ? quotaReached(plane).body : failed(plane, failure.thrown).body };
}

function failed(plane: ControlPlane, thrown: unknown): Answer {
  const error = SwarmError.from(thrown);
  plane.log.write("error", "fork failed", { reason: error.message });
  return problem(error.code === "local.disk-full" ? 507 : 500, error.message);
}
