// The local server as a person handles it: start, stop, look, print its variables, read its log.
import { existsSync, readFileSync } from "node:fs";
import { realClock } from "../host/clock.ts";
import { realEnv, type Env } from "../host/env.ts";
import { ensureLocalServer, localServerStatus, stopLocalServer, type EnsureOptions } from "../local/daemon.ts";
import { localEnvironment } from "../local/environment.ts";
import { localHome } from "../local/home.ts";
import type { BackendOptions } from "./backend.ts";
import { endValidation } from "./running-validation.ts";
import { readSettings } from "./settings.ts";

/** Ends the server alone. `local stop` also ends a running validation, which a validation itself must not ask for. */
export async function endServer(env: Env = realEnv): Promise<void> {
  await stopLocalServer({ env });
}

const shownLogBytes = 100_000;

/** Throws `local.*`. `env` and `start` bring the server up; the other actions only look at it or end it. */
export async function localCommand(
  action: "start" | "stop" | "status" | "env" | "logs",
  options: BackendOptions,
  env: Env = realEnv,
): Promise<object> {
  const { isolation, port } = readSettings({ ...options, target: "local" }, env, process.cwd());
  const wanted: EnsureOptions = { isolation, port, env };
  switch (action) {
    case "start": {
      const { url, isolation: level, pid, version } = await ensureLocalServer(wanted);
      return { running: true, url, isolation: level, pid, version };
    }
    case "stop": {
      // First the validation: it would bring the server up again, or take its end for a failure.
      const validationEnded = await endValidation(env, realClock);
      const { stopped } = await stopLocalServer({ env });
      return { stopped, ...(validationEnded ? { validationEnded } : {}) };
    }
    case "status":
      return localServerStatus({ env });
    case "env":
      return localEnvironment(await ensureLocalServer(wanted));
    case "logs": {
      const { logFile } = localHome(env);
      const text = existsSync(logFile) ? readFileSync(logFile, "utf8") : "";
      return { path: logFile, text: text.slice(-shownLogBytes) };
    }
  }
}
