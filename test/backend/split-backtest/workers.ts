// Agents without sandboxes: the shipped program's own parts behind the shipped driver's own checks, with room for lies between.
import { checkDecisions, openShownTapes } from "../../../src/agents/driver/part-check.ts";
import { makeIdentity } from "../../../src/agents/program/identity.ts";
import { openParts } from "../../../src/agents/program/parts.ts";
import type { Worker } from "../../../src/backend/split-backtest/crew.ts";
import { canonicalJson } from "../../../src/contracts/json.ts";
import type { DecidedPart } from "../../../src/contracts/part-frames.ts";
import { createPublicKey } from "node:crypto";

export interface TestWorker extends Worker {
  /** Bars of which it was shown more than it was asked to decide at that time. */
  readonly asked: string[];
  killed: boolean;
}

/** `lie` changes what it tells before it signs; it may throw instead. */
export function workerOf(agentId: string, lie: (part: DecidedPart) => DecidedPart = (part) => part): TestWorker {
  const program = openParts();
  const identity = makeIdentity();
  const key = createPublicKey({ key: Buffer.from(identity.publicKey, "base64"), format: "der", type: "spki" });
  const tapes = openShownTapes();
  const worker: TestWorker = {
    agentId,
    sandboxId: `sandbox of ${agentId}`,
    asked: [],
    killed: false,
    async show(bars) {
      const frame = JSON.parse(JSON.stringify(bars));
      tapes.show(bars);
      const wrong = program.show(frame);
      if (wrong !== null) throw new Error(wrong);
    },
    async teach(strategy) {
      const wrong = program.teach(JSON.parse(JSON.stringify(strategy)));
      if (wrong !== null) throw new Error(wrong);
    },
    async decide(part) {
      worker.asked.push(`${part.from}-${part.to}`);
      const told = lie(program.decide(agentId, JSON.parse(JSON.stringify(part))));
      const answer = { kind: "decisions", taskId: part.taskId, part: told } as const;
      const signature = identity.sign(canonicalJson(told));
      checkDecisions(JSON.parse(JSON.stringify({ ...answer, signature })), tapes.ask(part), agentId, key);
      return JSON.parse(JSON.stringify(told));
    },
    async kill() {
      worker.killed = true;
    },
  };
  return worker;
}
