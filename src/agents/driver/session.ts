// The conversation with one agent as a state: what was asked, what was heard, and how it ended. The first violation ends it,
// and everything asked fails with that one reason.
import type { KeyObject } from "node:crypto";
import { maxFrameBytes } from "../../contracts/frame-limits.ts";
import type { FrameFromAgent, Proposal, Task } from "../../contracts/frames.ts";
import { openLineReader } from "../../contracts/line-reader.ts";
import type { DecidedPart } from "../../contracts/part-frames.ts";
import type { SignedBallot } from "../../contracts/signed-ballot.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { badFrame, checkAnswer, checkReady, parseFrame, type Self } from "./frame-check.ts";
import { maxSaidBytes } from "./limits.ts";
import { checkDecisions, type AskedPart } from "./part-check.ts";
import { openQuestions, type Asked, type Questions } from "./questions.ts";

export interface SignedProposal {
  readonly proposal: Proposal;
  /** Ed25519 over the canonical JSON of `proposal`, base64; verified. */
  readonly signature: string;
  /** On the motion of the task, when it names one; verified. */
  readonly ballot?: SignedBallot;
}

export interface Introduction {
  readonly pid: number;
  readonly hostname: string;
  /** SPKI DER in base64. */
  readonly publicKey: string;
}

export interface Session {
  /** Takes what the program wrote. */
  hear(chunk: string): void;
  ready(withinMs: number): Promise<Introduction>;
  /** Waits for the answer to a task; `send` is called once the answer is awaited. */
  answer(task: Task, withinMs: number, send: () => Promise<void>): Promise<SignedProposal>;
  /** As `answer`, for a part of a backtest. */
  decisions(asked: AskedPart, withinMs: number, send: () => Promise<void>): Promise<DecidedPart>;
  pong(seq: number, withinMs: number): Promise<void>;
  /** Ends the conversation; later calls and everything open fail with this reason. */
  fail(reason: SwarmError): void;
  /** Nanoseconds of the clock when anything was last heard. */
  lastHeardNs(): bigint;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly self: Self;
  readonly nonceEcho: string;
  /** The program was talking to somebody else before: what comes before its introduction was not said to us. Default false. */
  readonly joinedLate?: boolean;
  /** Called once, when the agent broke the protocol. */
  readonly onViolation: () => void;
}

export function openSession(options: SessionOptions): Session {
  const { clock, self } = options;
  const reader = openLineReader(maxFrameBytes);
  const questions = openQuestions(clock, self.agentId);
  const accept = openAcceptance(options, questions);
  let isDeaf = options.joinedLate ?? false;
  /** Until the echo of our own nonce everything is the rest of another conversation, perhaps cut off in mid-line. */
  const frameOf = (text: string): FrameFromAgent | null => {
    if (!isDeaf) return parseFrame(text);
    if (!text.includes(options.nonceEcho)) return null;
    isDeaf = false;
    return parseFrame(text);
  };
  let said = 0;
  let heardNs = clock.monotonicNs();
  return {
    hear(chunk) {
      if (questions.hasFailed()) return;
      heardNs = clock.monotonicNs();
      const bytes = Buffer.from(chunk);
      said += bytes.length;
      try {
        if (said > maxSaidBytes) throw badFrame(`is one of more than ${maxSaidBytes} bytes in all`);
        for (const line of reader.push(bytes)) {
          if (line.kind === "too-long") throw badFrame(`is longer than ${maxFrameBytes} bytes`);
          const frame = frameOf(line.text);
          if (frame !== null) accept(frame);
        }
      } catch (thrown) {
        questions.fail(SwarmError.from(thrown));
        options.onViolation();
      }
    },
    async ready(withinMs) {
      const frame = await questions.wait("ready", withinMs, null);
      if (frame.kind !== "ready") throw badFrame("is no introduction");
      return { pid: frame.pid, hostname: frame.hostname, publicKey: frame.publicKey };
    },
    async answer(task, withinMs, send) {
      const frame = await put(questions, task.taskId, { kind: "task", task }, withinMs, send);
      if (frame.kind !== "proposal") throw badFrame("is no proposal");
      const { proposal, signature, ballot } = frame;
      return { proposal, signature, ...(ballot === undefined ? {} : { ballot }) };
    },
    async decisions(asked, withinMs, send) {
      const frame = await put(questions, asked.part.taskId, { kind: "part", ...asked }, withinMs, send);
      if (frame.kind !== "decisions") throw badFrame("decides nothing");
      return frame.part;
    },
    pong: async (seq, withinMs) => void (await questions.wait(`ping:${seq}`, withinMs, null)),
    fail: (reason) => questions.fail(reason),
    lastHeardNs: () => heardNs,
  };
}

/** Awaits the answer, then sends the question. */
async function put(
  questions: Questions,
  taskId: string,
  asked: Asked,
  withinMs: number,
  send: () => Promise<void>,
): Promise<FrameFromAgent> {
  const name = `task:${taskId}`;
  const answered = questions.wait(name, withinMs, asked);
  const sent = send().catch((thrown: unknown) => questions.settle(name, SwarmError.from(thrown)));
  const [frame] = await Promise.all([answered, sent]);
  return frame;
}

/** Checks a frame against what was asked, and hands it to whoever asked. Throws `agent.frame`. */
function openAcceptance(
  { self, nonceEcho, joinedLate = false }: SessionOptions,
  questions: Questions,
): (frame: FrameFromAgent) => void {
  let key: KeyObject | null = null;
  return (frame) => {
    switch (frame.kind) {
      case "ready":
        if (key !== null && frame.nonceEcho !== nonceEcho) return questions.fail(takenOver(self.agentId));
        if (key !== null) throw badFrame("introduces itself twice");
        key = checkReady(frame, self.agentId, nonceEcho);
        return questions.settle("ready", frame);
      case "proposal":
      case "decisions": {
        const name = `task:${frame.taskId}`;
        const asked = questions.askedAs(name);
        // Late, or asked by the coordinator before us: no answer of ours, and no lie.
        if (asked === null && (joinedLate || questions.wasAsked(name))) return;
        if (asked === null || key === null) throw badFrame("answers a task that was never given");
        if (frame.kind === "proposal" && asked.kind === "task") checkAnswer(frame, asked.task, self, key);
        else if (frame.kind === "decisions" && asked.kind === "part") checkDecisions(frame, asked, self.agentId, key);
        else throw badFrame("answers another kind of question than it was asked");
        return questions.settle(name, frame);
      }
      case "pong":
        return questions.settle(`ping:${frame.seq}`, frame);
      case "beat":
        return;
      case "error":
        if (frame.taskId === null) throw badFrame(`reports an error: ${frame.message.slice(0, 200)}`);
        return questions.settle(`task:${frame.taskId}`, refused(self.agentId, frame.message));
    }
  };
}

/** It answered somebody else's greeting: from now on the conversation is theirs, and the program is left alone. */
function takenOver(agentId: string): SwarmError {
  return new SwarmError("agent.exited", `Agent ${agentId} was taken over by another coordinator`, {
    hint: "Leave it to the present leader",
    details: { agentId },
  });
}

function refused(agentId: string, message: string): SwarmError {
  return new SwarmError("agent.refused", `Agent ${agentId} could not do its task: ${message.slice(0, 300)}`, {
    hint: "Correct the task's parameters",
    details: { agentId },
  });
}
