// Pause, resume and connect, in both generations.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { problem, type Answer } from "../answer.ts";
import { pause } from "../lifecycle/pause.ts";
import { resume, type ResumeOptions } from "../lifecycle/resume.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane } from "./context.ts";
import { quotaReached } from "./create.ts";
import { sandboxJson } from "./sandbox-json.ts";
import { keepAlive, parseSeconds } from "./timeouts.ts";
import { notFound, withSandbox } from "./with-sandbox.ts";

const defaultSeconds = { connect: 300, resume: 15 } as const;

export const pauseEndpoint = withSandbox(async (plane, sandbox, { body }) => {
  const { memory } = body;
  if (!isFlag(memory)) return problem(400, "memory must be true or false");
  try {
    switch (await pause(plane, sandbox, memory !== false)) {
      case "paused":
        return { status: 204 };
      case "already":
        return problem(409, `Error pausing sandbox - sandbox '${sandbox.id}' is already paused`);
      case "gone":
        return notFound(sandbox.id);
      case "full":
        return problem(503, `Error pausing sandbox: ${limits.pausedSandboxes} sandboxes are paused already`);
    }
  } catch (thrown) {
    return changeFailed(plane, "Error pausing sandbox", thrown);
  }
});

/** One that runs is only ever extended (200); a paused one gets a new deadline (201). */
export const connectEndpoint = withSandbox(async (plane, sandbox, { body }) => {
  const seconds = parseSeconds(body.timeout, defaultSeconds.connect, 0);
  if (typeof seconds !== "number") return seconds;
  if (!isFlag(body.memory)) return problem(400, "memory must be true or false");
  const answer = await wake(plane, sandbox, { seconds, memory: body.memory !== false });
  if (answer !== "running") return answer;
  return keepAlive(plane, sandbox, { seconds, extendOnly: true }) ?? shown(plane, sandbox, 200);
});

export const resumeEndpoint = withSandbox(async (plane, sandbox, { body }) => {
  const seconds = parseSeconds(body.timeout, defaultSeconds.resume, 1);
  if (typeof seconds !== "number") return seconds;
  if (!isFlag(body.memory)) return problem(400, "memory must be true or false");
  if (!isFlag(body.autoPause)) return problem(400, "autoPause must be true or false");
  const answer = await wake(plane, sandbox, { seconds, memory: body.memory !== false });
  if (answer === "running") return problem(409, `Sandbox ${sandbox.id} is already running`);
  if (typeof body.autoPause === "boolean") {
    const memory = sandbox.onTimeout.action === "pause" ? sandbox.onTimeout.memory : true;
    sandbox.onTimeout = body.autoPause ? { action: "pause", memory } : { action: "kill" };
  }
  return answer;
});

async function wake(plane: ControlPlane, sandbox: LocalSandbox, options: ResumeOptions): Promise<Answer | "running"> {
  try {
    switch (await resume(plane, sandbox, options)) {
      case "resumed":
        return shown(plane, sandbox, 201);
      case "running":
        return "running";
      case "gone":
        return notFound(sandbox.id);
      case "quota":
        return quotaReached(plane);
    }
  } catch (thrown) {
    return changeFailed(plane, "Error resuming sandbox", thrown);
  }
}

function shown(plane: ControlPlane, sandbox: LocalSandbox, status: 200 | 201): Answer {
  return { status, body: sandboxJson(plane, sandbox) };
}

function isFlag(value: unknown): value is boolean | undefined | null {
  return value === undefined || value === null || typeof value === "boolean";
}

/** The sandbox is as it was before; what failed is named. */
export function changeFailed(plane: ControlPlane, what: string, thrown: unknown): Answer {
  const error = SwarmError.from(thrown);
  plane.log.write("error", what, { reason: error.message });
  return problem(error.code === "local.disk-full" ? 507 : 500, `${what}: ${error.message}`);
}
