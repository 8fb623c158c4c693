// process.Process/Start: spawns the command as the asked user and streams what it does.
import { spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import type { EventStream, Message } from "../connect.ts";
import { realPath, resolvePath } from "../paths.ts";
import { rpcError } from "../rpc-error.ts";
import { logProcess } from "../process-log.ts";
import { requestUser, switchTo, type User } from "../users.ts";
import { attach, manage, type ManagedProcess, type ProcessConfig } from "./managed-process.ts";

/** Live processes started through this agent; the sandbox's own limit is on pids. */
const maxProcesses = 1000;
/** An ended process can still be connected to for this long. */
const rememberMs = 30_000;
/** A sandbox short of memory loses commands before it loses its agent. */
const commandOomScore = "500";

export async function startProcess(
  agent: Agent,
  request: IncomingMessage,
  message: Message,
  stream: EventStream,
): Promise<void> {
  if (message.pty !== undefined) throw rpcError("unimplemented", "PTYs are not supported by this local sandbox");
  const user = requestUser(agent, request);
  const config = parseConfig(message.process);
  const stdin = message.stdin !== false;
  if (agent.processes.size >= maxProcesses)
    throw rpcError("resource_exhausted", `${maxProcesses} processes are running`);
  const tag = typeof message.tag === "string" ? message.tag : undefined;
  const managed = await launch(agent, user, { config, stdin, tag });
  attach(managed, stream);
  limitTime(agent, request, managed);
}

interface Asked {
  readonly config: ProcessConfig;
  readonly stdin: boolean;
  readonly tag: string | undefined;
}

async function launch(agent: Agent, user: User, asked: Asked): Promise<ManagedProcess> {
  const { config } = asked;
  const cwd = workingFolder(agent, user, config.cwd);
  const ids = switchTo(agent, user);
  const pipes = await agent.pipes.open(asked.stdin ? { ids } : null);
  const child = spawn(config.cmd, config.args, {
    cwd,
    env: environment(agent, user, config),
    stdio: [...pipes.stdio],
    detached: true,
    ...ids,
  });
  pipes.release();
  child.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) {
    for (const pipe of [pipes.stdin, pipes.stdout, pipes.stderr]) pipe?.destroy();
    throw rpcError("invalid_argument", `cannot start '${config.cmd}'`);
  }
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, commandOomScore);
  } catch {
    // It has ended already, or the kernel does not offer it.
  }
  const managed = manage(
    child,
    { pid, config, tag: asked.tag, pipes },
    { clock: agent.clock, onEnd: () => agent.clock.after(rememberMs, () => forget(agent, managed), { unref: true }) },
  );
  agent.processes.set(pid, managed);
  logProcess(managed);
  return managed;
}

function forget(agent: Agent, managed: ManagedProcess): void {
  // A recycled pid belongs to its new process.
  if (agent.processes.get(managed.pid) === managed) agent.processes.delete(managed.pid);
}

function limitTime(agent: Agent, request: IncomingMessage, managed: ManagedProcess): void {
  const ms = Number(request.headers["connect-timeout-ms"]);
  if (!Number.isFinite(ms) || ms <= 0) return;
  const cancel = agent.clock.after(Math.min(ms, 2 ** 31 - 1), () => {
    managed.problem = { code: "deadline_exceeded", message: "context deadline exceeded" };
    managed.killed = true;
    managed.child.kill("SIGKILL");
  });
  void managed.exited.then(cancel);
}

function workingFolder(agent: Agent, user: User, asked: string | undefined): string {
  const shown = resolvePath(agent, asked ?? "", user);
  const real = realPath(agent, shown);
  try {
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Reported below like a file in its place.
  }
  throw rpcError("invalid_argument", `cwd '${shown}' does not exist`);
}

/** Later wins: login names, sandbox variables, the request's own. Nothing of the agent's environment. */
function environment(agent: Agent, user: User, config: ProcessConfig): NodeJS.ProcessEnv {
  return {
    PATH: agent.config.path,
    HOME: realPath(agent, user.home),
    USER: user.name,
    LOGNAME: user.name,
    ...agent.tenant.envVars,
    ...config.envs,
  };
}

function parseConfig(value: unknown): ProcessConfig {
  if (!isRecord(value) || typeof value.cmd !== "string" || value.cmd === "") {
    throw rpcError("invalid_argument", "process.cmd is missing");
  }
  const args = Array.isArray(value.args) ? value.args.filter((item): item is string => typeof item === "string") : [];
  const envs: Record<string, string> = {};
  for (const [name, item] of Object.entries(isRecord(value.envs) ? value.envs : {})) {
    if (typeof item !== "string" || name === "" || name.includes("=") || `${name}${item}`.includes("\0")) {
      throw rpcError("invalid_argument", `environment variable '${name.replaceAll("\0", "")}' is not usable`);
    }
    envs[name] = item;
  }
  if ([value.cmd, ...args].some((text) => text.includes("\0")))
    throw rpcError("invalid_argument", "argument holds a NUL byte");
  return {
    cmd: value.cmd,
    args,
    envs,
    ...(typeof value.cwd === "string" && value.cwd !== "" ? { cwd: value.cwd } : {}),
  };
}
