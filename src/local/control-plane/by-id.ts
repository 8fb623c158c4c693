// The endpoints of one sandbox that change nothing but its deadline: get, kill, timeout, refresh.
import { problem, type Answer } from "../answer.ts";
import { expire } from "../lifecycle/pause.ts";
import { limits } from "../limits.ts";
import { detailJson } from "./sandbox-json.ts";
import { keepAlive } from "./timeouts.ts";
import { withRunning, withSandbox } from "./with-sandbox.ts";

const refreshSeconds = { least: 15, most: 3600 } as const;
const done: Answer = { status: 204 };

export const getEndpoint = withSandbox((plane, sandbox) => ({ status: 200, body: detailJson(plane, sandbox) }));

/** Running or paused, in the middle of a change too. */
export const killEndpoint = withSandbox(async (plane, sandbox) => {
  await plane.table.kill(sandbox);
  return done;
});

/** New end = now + timeout; zero or less is its deadline now. */
export const timeoutEndpoint = withRunning(async (plane, sandbox, { body }) => {
  const { timeout } = body;
  if (typeof timeout !== "number" || !Number.isFinite(timeout))
    return problem(400, "timeout must be a number of seconds");
  if (timeout > 0) {
    const seconds = Math.min(timeout, limits.maxLifeSeconds);
    return keepAlive(plane, sandbox, { seconds, extendOnly: false }) ?? done;
  }
  await expire(plane, sandbox);
  return done;
});

export const refreshEndpoint = withRunning((plane, sandbox, { body }) => {
  const asked =
    typeof body.duration === "number" && Number.isFinite(body.duration) ? body.duration : refreshSeconds.least;
  if (asked > refreshSeconds.most) return problem(400, `duration is ${asked} but at most ${refreshSeconds.most}`);
  const seconds = Math.max(asked, refreshSeconds.least);
  return keepAlive(plane, sandbox, { seconds, extendOnly: true }) ?? done;
});
