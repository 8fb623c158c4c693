// The agent's side of the conversation: one frame in, at most one frame out. Whatever comes in, it keeps serving.
import { protocolVersion } from "../../contracts/frame-limits.ts";
import type { FrameFromAgent, Role, Task } from "../../contracts/frames.ts";
import { canonicalJson } from "../../contracts/json.ts";
import { taskInputsText } from "../../contracts/task-inputs.ts";
import type { Line } from "../../contracts/line-reader.ts";
import type { DecidedPart } from "../../contracts/part-frames.ts";
import type { Opinion } from "../../strategies/opinion.ts";
import { opine } from "../../strategies/opine.ts";
import { sha256, type Identity } from "./identity.ts";
import { openParts } from "./parts.ts";
import { openVotes, type Votes } from "./votes.ts";
import { readFrame } from "./read-frame.ts";

export interface Surroundings {
  readonly identity: Identity;
  readonly sandboxId: string;
  readonly hostname: string;
  readonly pid: number;
}

export type Answer =
  | { readonly kind: "say"; readonly frame: FrameFromAgent }
  | { readonly kind: "silence" }
  | { readonly kind: "stop" };

/** Answers lines one by one; remembers who it was told to be and what it has voted. */
export function openConversation(surroundings: Surroundings): (line: Line) => Answer {
  const votes = openVotes(surroundings.identity);
  const parts = openParts();
  let self: { readonly agentId: string; readonly role: Role } | null = null;
  return (line) => {
    if (line.kind === "too-long") return problem(null, "The frame is too long");
    const frame = readFrame(line.text);
    if (frame === null) return problem(null, "The line is no frame of this protocol");
    switch (frame.kind) {
      case "hello":
        if (frame.version !== protocolVersion) {
          return problem(null, `Protocol ${frame.version} is spoken, this program knows ${protocolVersion}`);
        }
        self = { agentId: frame.agentId, role: frame.role };
        return say(ready(surroundings, frame.agentId, frame.nonce));
      case "task":
        if (self === null) return problem(frame.taskId, "A task came before hello");
        return answerTask({ ...surroundings, votes }, self, frame);
      case "bars": {
        const wrong = parts.show(frame);
        return wrong === null ? { kind: "silence" } : problem(null, wrong);
      }
      case "strategy": {
        const wrong = parts.teach(frame);
        return wrong === null ? { kind: "silence" } : problem(null, wrong);
      }
      case "part": {
        if (self === null) return problem(frame.taskId, "A part came before hello");
        const { agentId } = self;
        return answerPart(surroundings, frame.taskId, () => parts.decide(agentId, frame));
      }
      case "ping":
        return say({ kind: "pong", seq: frame.seq });
      case "stop":
        return { kind: "stop" };
    }
  };
}

function ready({ identity, sandboxId, hostname, pid }: Surroundings, agentId: string, nonce: string): FrameFromAgent {
  const nonceEcho = sha256(`${nonce}:${sandboxId}`);
  const { publicKey } = identity;
  return { kind: "ready", version: protocolVersion, agentId, pid, hostname, nonceEcho, publicKey };
}

/** Runs the role's pure strategy function and signs what it thinks. */
function answerTask(
  { identity, votes }: Surroundings & { readonly votes: Votes },
  self: { agentId: string; role: Role },
  task: Task,
): Answer {
  let opinion: Opinion;
  try {
    opinion = opine(self.role, task.window, task.headlines, task.params, task.peers, task.partner);
  } catch (thrown) {
    return problem(task.taskId, thrown instanceof Error ? thrown.message : String(thrown));
  }
  const { vote, conviction, strategy, figures } = opinion;
  const inputsSha256 = sha256(taskInputsText(task));
  const asked = { ...self, round: task.round, symbol: task.symbol };
  const proposal = { ...asked, vote, conviction, strategy, figures: { ...figures }, inputsSha256 };
  const signature = identity.sign(canonicalJson(proposal));
  if (task.motion === undefined) return say({ kind: "proposal", taskId: task.taskId, proposal, signature });
  const cast = votes.cast(task.motion, proposal);
  if (!cast.ok) return problem(task.taskId, cast.reason);
  return say({ kind: "proposal", taskId: task.taskId, proposal, signature, ballot: cast.ballot });
}

/** What the strategy decides on the part, signed. */
function answerPart({ identity }: Surroundings, taskId: string, decide: () => DecidedPart): Answer {
  try {
    const part = decide();
    return say({ kind: "decisions", taskId, part, signature: identity.sign(canonicalJson(part)) });
  } catch (thrown) {
    return problem(taskId, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function problem(taskId: string | null, message: string): Answer {
  return say({ kind: "error", taskId, message: message.slice(0, 2_000) });
}

function say(frame: FrameFromAgent): Answer {
  return { kind: "say", frame };
}
