// process.Process/Start: starts the command as the asked user and streams what it does.
import { spawn, type ChildProcess } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Agent } from "../agent.ts";
import { timeLimit, type EventStream, type Message } from "../connect.ts";
import { realPath, resolvePath } from "../paths.ts";
import { rpcError } from "../rpc-error.ts";
import { logProcess } from "../process-log.ts";
import { actingAs, credentials, requestUser, type Credentials, type User } from "../users.ts";
import { attach, manage, type Channels, type ManagedProcess } from "./managed-process.ts";
import { parseStart, type ProcessConfig, type StartRequest } from "./process-config.ts";
import { startInTerminal } from "./terminal.ts";

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
  const user = requestUser(agent, request);
  const limitMs = timeLimit(request);
  const asked = parseStart(message);
  if (agent.processes.size >= maxProcesses)
    throw rpcError("resource_exhausted", `${maxProcesses} processes are running`);
  const managed = await launch(agent, user, asked);
  attach(managed, stream);
  if (limitMs !== null) limitTime(agent, managed, limitMs);
}

async function launch(agent: Agent, user: User, asked: StartRequest): Promise<ManagedProcess> {
  const { config } = asked;
  const where = { cwd: workingFolder(agent, user, config.cwd), env: environment(agent, user, config) };
  const { cmd, args } = config;
  const as = { ...where, user: credentials(agent, user) };
  const { child, channels } =
    asked.terminal === null
      ? await startOnPipes(agent, asked, as)
      : await startInTerminal({ ...as, cmd, args, size: asked.terminal });
  const pid = child.pid ?? 0;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, commandOomScore);
  } catch {
    // It has ended already, or the kernel does not offer it.
  }
  const managed = manage(
    child,
    { pid, config, tag: asked.tag, channels },
    { clock: agent.clock, onEnd: () => agent.clock.after(rememberMs, () => forget(agent, managed), { unref: true }) },
  );
  dropNamesakes(agent, asked.tag);
  agent.processes.set(pid, managed);
  logProcess(managed);
  return managed;
}

interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user: Credentials;
}

async function startOnPipes(
  agent: Agent,
  asked: StartRequest,
  { cwd, env, user }: Surroundings,
): Promise<{ readonly child: ChildProcess; readonly channels: Channels }> {
  const { cmd, args } = asked.config;
  const pipes = await agent.pipes.open(asked.stdin ? { ids: user.ids } : null);
  const begin = (first: string, rest: readonly string[]): ChildProcess => {
    const own = actingAs(user, first, rest);
    const started = spawn(own.cmd, own.args, { cwd, env, stdio: [...pipes.stdio], detached: true, ...own.ids });
    return started.on("error", () => undefined);
  };
  let child = begin(cmd, args);
  // What cannot be started ends like a command of a shell: the shell says why, and exits with 127 or 126.
  if (child.pid === undefined) child = begin("/bin/sh", ["-c", 'exec "$@"', "sh", cmd, ...args]);
  pipes.release();
  const { stdin, stdout, stderr } = pipes;
  if (child.pid === undefined) {
    for (const pipe of [stdin, stdout, stderr]) pipe?.destroy();
    throw rpcError("invalid_argument", `error starting process '${[cmd, ...args].join(" ")}'`);
  }
  const input = stdin === null ? null : ({ kind: "stdin", stream: stdin } as const);
  const outputs = [
    { name: "stdout", stream: stdout },
    { name: "stderr", stream: stderr },
  ] as const;
  return { child, channels: { input, outputs, terminal: null } };
}

function forget(agent: Agent, managed: ManagedProcess): void {
  // A recycled pid belongs to its new process.
  if (agent.processes.get(managed.pid) === managed) agent.processes.delete(managed.pid);
}

/** A tag that is used again no longer finds the processes it named before. */
function dropNamesakes(agent: Agent, tag: string | undefined): void {
  if (tag === undefined) return;
  for (const managed of agent.processes.values()) {
    if (managed.tag === tag && managed.end !== undefined) agent.processes.delete(managed.pid);
  }
}

function limitTime(agent: Agent, managed: ManagedProcess, ms: number): void {
  const cancel = agent.clock.after(ms, () => {
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
function environment(agent: Agent, user: User, config: ProcessConfig): Readonly<Record<string, string>> {
  return {
    PATH: agent.config.path,
    HOME: realPath(agent, user.home),
    USER: user.name,
    LOGNAME: user.name,
    ...agent.tenant.envVars,
    ...config.envs,
  };
}
