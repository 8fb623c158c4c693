// Frames from inside a sandbox are hostile: the line reader has limited their bytes; here they must be JSON, then the
// schema, then say who and what they claim, then be signed by the key the agent introduced itself with.
import { createHash, createPublicKey, verify, type KeyObject } from "node:crypto";
import { ballotText, statementOf } from "../../contracts/ballot-text.ts";
import type { FrameFromAgent, Role, Task } from "../../contracts/frames.ts";
import { canonicalJson } from "../../contracts/json.ts";
import { check } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { taskInputsText } from "../../contracts/task-inputs.ts";

export interface Self {
  readonly agentId: string;
  readonly role: Role;
}
type Ready = Extract<FrameFromAgent, { kind: "ready" }>;
type Answer = Extract<FrameFromAgent, { kind: "proposal" }>;

/** The frame of a line, or why it is none. */
export function parseFrame(line: string): FrameFromAgent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badFrame("is no JSON");
  }
  const parsed = check("frame.from-agent", value);
  if (!parsed.ok) throw badFrame(`breaks the schema: ${parsed.field || "the frame"} ${parsed.problem}`);
  return parsed.value;
}

/** Checks the introduction and returns the agent's key. */
export function checkReady(ready: Ready, agentId: string, nonceEcho: string): KeyObject {
  if (ready.agentId !== agentId) throw badFrame(`introduces ${ready.agentId} where ${agentId} was started`);
  if (ready.nonceEcho !== nonceEcho) throw badFrame("does not echo the nonce from inside its sandbox");
  const key = publicKeyOf(ready.publicKey);
  if (key?.asymmetricKeyType !== "ed25519") throw badFrame("brings no Ed25519 key");
  return key;
}

/** Checks that an answer is about the task asked, rests on its inputs and is signed with the agent's key. */
export function checkAnswer(answer: Answer, task: Task, self: Self, key: KeyObject): void {
  const { proposal, signature } = answer;
  const wanted = { agentId: self.agentId, role: self.role, round: task.round, symbol: task.symbol };
  for (const [field, value] of Object.entries(wanted)) {
    if (Reflect.get(proposal, field) !== value) throw badFrame(`answers with another ${field} than ${value}`);
  }
  const inputsSha256 = createHash("sha256").update(taskInputsText(task)).digest("hex");
  if (proposal.inputsSha256 !== inputsSha256) throw badFrame("rests on other inputs than it was given");
  const text = Buffer.from(canonicalJson(proposal));
  if (!verify(null, text, key, Buffer.from(signature, "base64"))) throw badFrame("is not signed by the agent");
  checkBallot(answer, task, key);
}

/** The ballot says what the proposal says, on the motion of the task, signed with the agent's key. */
function checkBallot({ proposal, ballot }: Answer, { motion }: Task, key: KeyObject): void {
  if ((ballot === undefined) !== (motion === undefined))
    throw badFrame("votes where no motion was put, or does not vote");
  if (ballot === undefined || motion === undefined) return;
  const publicKey = key.export({ format: "der", type: "spki" }).toString("base64");
  const text = ballotText(ballot);
  if (text !== ballotText(statementOf(motion, proposal, publicKey))) throw badFrame("votes otherwise than it proposes");
  if (!verify(null, Buffer.from(text), key, Buffer.from(ballot.signature, "base64"))) {
    throw badFrame("brings a ballot that the agent did not sign");
  }
}

/** What the nonce must come back as: it proves that the program sees the environment of this sandbox. */
export function nonceEchoOf(nonce: string, sandboxId: string): string {
  return createHash("sha256").update(`${nonce}:${sandboxId}`).digest("hex");
}

export function badFrame(problem: string): SwarmError {
  return new SwarmError("agent.frame", `Cannot accept the agent's frame: it ${problem}`, {
    hint: "The agent was ended; deploy it again in a new sandbox",
    details: { problem },
  });
}

function publicKeyOf(base64: string): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(base64, "base64"), format: "der", type: "spki" });
  } catch {
    return null;
  }
}
