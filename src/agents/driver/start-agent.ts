// Starting an agent: upload its program, start it, make it prove where it runs, and keep the conversation.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { maxFrameBytes, protocolVersion } from "../../contracts/frame-limits.ts";
import type { FrameToAgent, Role, Task } from "../../contracts/frames.ts";
import type { Bars, DecidedPart, Part, StrategyCode } from "../../contracts/part-frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { redact, type Log } from "../../host/log.ts";
import type { Random } from "../../host/random.ts";
import type { AttachRequest, ProcessEnd, SandboxProcess } from "../../sandboxes/process.ts";
import type { Sandboxes } from "../../sandboxes/open-sandboxes.ts";
import { badFrame, nonceEchoOf } from "./frame-check.ts";
import {
  answerWithinMs,
  endReportedWithinMs,
  killWithinMs,
  readyWithinMs,
  stderrTail,
  stopWithinMs,
} from "./limits.ts";
import { openShownTapes } from "./part-check.ts";
import { openSession, type Introduction, type Session, type SignedProposal } from "./session.ts";
import { within } from "./within.ts";

/** What the driver needs of the sandboxes room. */
export type AgentHost = Pick<Sandboxes, "writeFile" | "startProcess" | "attachProcess">;

export interface AgentDriverOptions {
  readonly sandboxes: AgentHost;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Path of the bundled program on this machine (dist/programs/agent.mjs). */
  readonly bundlePath: string;
}

export interface AgentRequest {
  readonly sandboxId: string;
  readonly agentId: string;
  readonly role: Role;
  /** Default 20,000 ms. */
  readonly readyWithinMs?: number;
}

export interface Agent extends Introduction {
  readonly agentId: string;
  readonly role: Role;
  readonly sandboxId: string;
  /** The program's pid as the target counts it; `pid` is what the program sees. */
  readonly processId: number;
  /** From the call of `startAgent` to the verified introduction. */
  readonly readyNs: bigint;
  /** A verified answer. Throws `agent.timeout`, `agent.refused`, `agent.frame`, `agent.exited`, `usage.invalid`. */
  ask(task: Task, options?: { readonly timeoutMs?: number }): Promise<SignedProposal>;
  /** Shows the next bars of a tape; nothing is answered. */
  show(bars: Bars): Promise<void>;
  /** Gives it a strategy of the user's to decide parts with; nothing is answered. */
  teach(strategy: StrategyCode): Promise<void>;
  /** The verified decisions of a part of the bars shown. Throws as `ask`. */
  decide(part: Part, options?: { readonly timeoutMs?: number }): Promise<DecidedPart>;
  /** Round trip in nanoseconds. */
  ping(timeoutMs?: number): Promise<bigint>;
  /** Clock reading when anything was last heard; a living agent beats every 200 ms. */
  lastHeardNs(): bigint;
  /** Resolves when the program is gone: null after `stop`, else why. Never rejects. */
  readonly ended: Promise<SwarmError | null>;
  /** Asks it to end, kills it when it does not. Safe to call twice. */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Ends the conversation; the program runs on and can be adopted by its `processId`. */
  detach(): Promise<void>;
}

/** A program that runs already, as the record knows it. */
export interface AdoptRequest extends AgentRequest {
  readonly processId: number;
  /** The key it introduced itself with to whoever started it. */
  readonly publicKey: string;
}

/** Throws `agent.exited`, `agent.timeout`, `agent.frame` and what the sandboxes room throws; a failed start is ended. */
export async function startAgent(options: AgentDriverOptions, request: AgentRequest): Promise<Agent> {
  const { sandboxes } = options;
  const beganNs = options.clock.monotonicNs();
  const path = await upload(sandboxes, request.sandboxId, options.bundlePath);
  return converse(options, { request, beganNs, joinedLate: false }, (listeners) =>
    sandboxes.startProcess(request.sandboxId, { command: "node", args: [path], ...listeners }),
  );
}

/**
 * Takes over a running agent: it proves again where it runs, under the key it had. A program with another key is left alone
 * and refused (`agent.frame`); so is one that does not answer (`agent.timeout`), or is no more (`sandbox.*`, `agent.exited`).
 */
export async function adoptAgent(options: AgentDriverOptions, request: AdoptRequest): Promise<Agent> {
  const beganNs = options.clock.monotonicNs();
  const { sandboxId, processId } = request;
  const agent = await converse(options, { request, beganNs, joinedLate: true }, (listeners) =>
    options.sandboxes.attachProcess(sandboxId, { pid: processId, ...listeners }),
  );
  if (agent.publicKey === request.publicKey) return agent;
  await agent.detach();
  throw badFrame("brings another key than the one it was started with");
}

interface Beginning {
  readonly request: AgentRequest;
  readonly beganNs: bigint;
  readonly joinedLate: boolean;
}
type Listeners = Pick<AttachRequest, "onStdout" | "onStderr">;

async function converse(
  options: AgentDriverOptions,
  { request, beganNs, joinedLate }: Beginning,
  open: (listeners: Listeners) => Promise<SandboxProcess>,
): Promise<Agent> {
  const { clock, random } = options;
  const { sandboxId, agentId, role } = request;
  const nonce = random.bytes(32).toString("hex");
  const stderr = openTail();
  let program: SandboxProcess | null = null;
  let violated = false;
  const session = openSession({
    clock,
    self: { agentId, role },
    nonceEcho: nonceEchoOf(nonce, sandboxId),
    joinedLate,
    onViolation: () => {
      violated = true;
      void program?.kill().catch(() => false);
    },
  });
  const running = await open({ onStdout: (chunk) => session.hear(chunk), onStderr: (chunk) => stderr.add(chunk) });
  program = running;
  if (violated) void running.kill().catch(() => false);
  const link = openLink({ ...options, request, session, running, stderrText: () => stderr.text() });
  try {
    const hello = link.send({ kind: "hello", version: protocolVersion, agentId, role, nonce });
    hello.catch((thrown: unknown) => session.fail(SwarmError.from(thrown)));
    const introduction = await session.ready(request.readyWithinMs ?? readyWithinMs);
    options.log.write("info", "agent ready", { agentId, role, sandboxId, pid: introduction.pid });
    return { ...introduction, ...link.agent, readyNs: clock.monotonicNs() - beganNs };
  } catch (thrown) {
    await (joinedLate ? link.agent.detach() : link.agent.kill());
    throw thrown;
  }
}

/**
 * The program lies in the sandbox under its digest, so that agents of two versions do not overwrite each other. Relative to
 * the home of the user, because without isolation that home has another absolute path.
 */
async function upload(sandboxes: AgentHost, sandboxId: string, bundlePath: string): Promise<string> {
  const bundle = await readFile(bundlePath).catch((cause: unknown) => {
    throw new SwarmError("internal", `Cannot read the agent program ${bundlePath}`, {
      hint: "Run npm run build",
      cause,
    });
  });
  const path = `.swarm/agent-${createHash("sha256").update(bundle).digest("hex").slice(0, 16)}.mjs`;
  await sandboxes.writeFile(sandboxId, path, bundle);
  return path;
}

interface LinkOptions extends AgentDriverOptions {
  readonly request: AgentRequest;
  readonly session: Session;
  readonly running: SandboxProcess;
  readonly stderrText: () => string;
}

interface Link {
  send(frame: FrameToAgent): Promise<void>;
  readonly agent: Omit<Agent, keyof Introduction | "readyNs">;
}

function openLink({ clock, log, request, session, running, stderrText }: LinkOptions): Link {
  const { agentId, role, sandboxId } = request;
  let stopping: Promise<void> | null = null;
  let pings = 0;
  const ended = running.ended.then((end) => {
    const reason = exited(agentId, end, stderrText());
    session.fail(reason);
    log.write(stopping === null ? "warn" : "info", "agent ended", { agentId, sandboxId, how: end.kind });
    return stopping === null ? reason : null;
  });
  const sendLine = async (line: string): Promise<void> => {
    try {
      await running.send(line);
    } catch (thrown) {
      // A program that has just ended cannot be written to: its end is the better reason, and is reported in a moment.
      if (!(await within(clock, endReportedWithinMs, ended))) throw thrown;
    }
  };
  const send = async (frame: FrameToAgent): Promise<void> => sendLine(lineOf(frame));
  const kill = async (): Promise<void> => {
    session.fail(stopped(agentId));
    await running.kill().catch(() => false);
    await within(clock, killWithinMs, ended);
    await running.detach();
  };
  const detach = async (): Promise<void> => {
    session.fail(stopped(agentId));
    await running.detach();
  };
  const stop = async (): Promise<void> => {
    // A program that cannot be told any more is killed below.
    await send({ kind: "stop" }).catch(() => undefined);
    if (!(await within(clock, stopWithinMs, ended))) await kill();
    session.fail(stopped(agentId));
  };
  return {
    send,
    agent: {
      agentId,
      role,
      sandboxId,
      processId: running.pid,
      ended,
      async ask(task, { timeoutMs = answerWithinMs } = {}) {
        const line = lineOf(task);
        return session.answer(task, timeoutMs, () => sendLine(line));
      },
      ...partsOf(session, sendLine),
      async ping(timeoutMs = answerWithinMs) {
        const seq = pings++;
        const beganNs = clock.monotonicNs();
        await Promise.all([session.pong(seq, timeoutMs), send({ kind: "ping", seq })]);
        return clock.monotonicNs() - beganNs;
      },
      lastHeardNs: () => session.lastHeardNs(),
      stop: () => (stopping ??= stop()),
      kill: () => (stopping ??= kill()),
      detach: () => (stopping ??= detach()),
    },
  };
}

/** Parts of a backtest: what was shown is kept as digests, which answers must rest on. */
function partsOf(
  session: Session,
  sendLine: (line: string) => Promise<void>,
): Pick<Agent, "show" | "teach" | "decide"> {
  const tapes = openShownTapes();
  return {
    async show(bars) {
      const line = lineOf(bars);
      tapes.show(bars);
      await sendLine(line);
    },
    teach: async (strategy) => sendLine(lineOf(strategy)),
    async decide(part, { timeoutMs = answerWithinMs } = {}) {
      const line = lineOf(part);
      return session.decisions(tapes.ask(part), timeoutMs, () => sendLine(line));
    },
  };
}

function lineOf(frame: FrameToAgent): string {
  const line = JSON.stringify(frame);
  const bytes = Buffer.byteLength(line);
  if (bytes <= maxFrameBytes) return `${line}\n`;
  throw new SwarmError("usage.invalid", `Cannot send a ${frame.kind} of ${bytes} bytes: at most ${maxFrameBytes}`, {
    hint: "Use a shorter window or fewer headlines",
    details: { bytes, limit: maxFrameBytes },
  });
}

function openTail(): { add(chunk: string): void; text(): string } {
  let tail = "";
  return { add: (chunk) => void (tail = (tail + chunk).slice(-stderrTail)), text: () => tail };
}

function exited(agentId: string, end: ProcessEnd, stderr: string): SwarmError {
  const how =
    end.kind === "exited" ? `its program ended with code ${end.exitCode}` : "the connection to its sandbox ended";
  const said = redact(stderr.trim());
  return new SwarmError("agent.exited", `Agent ${agentId} is gone: ${how}${said === "" ? "" : `; it said: ${said}`}`, {
    hint: "Deploy it again",
    ...(end.kind === "lost" ? { cause: end.fault } : {}),
    details: { agentId, exitCode: end.kind === "exited" ? end.exitCode : null },
  });
}

function stopped(agentId: string): SwarmError {
  return new SwarmError("agent.exited", `Agent ${agentId} was stopped`, {
    hint: "Deploy it again",
    details: { agentId },
  });
}
