// What agents are asked, and that their silence or refusal is reported.
import type { Json } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Errand, Voice } from "../../swarm/runtime/bodies.ts";
import { bodyOf, later, type Crew } from "./body.ts";

export async function send(crew: Crew, agentId: string, errand: Errand): Promise<void> {
  const { agent, post } = bodyOf(crew, agentId);
  const { taskId, fence, leaseMs, payload } = errand;
  // It has just gone: the event of its end takes the task back.
  if (agent === null) return;
  try {
    const { params = {}, symbols = [] } = post ?? {};
    const task = crew.options.taskOf(payload, { agentId, role: agent.role, symbols, params, taskId, fence });
    const { proposal, signature } = await agent.ask(task, { timeoutMs: leaseMs });
    const result: Json = { agentId, publicKey: agent.publicKey, fence, proposal, signature };
    crew.reports.answered({ agentId, taskId, fence, result });
  } catch (thrown) {
    const { code } = SwarmError.from(thrown);
    // Its end is reported by itself, and lateness by the core's own deadline.
    if (code === "agent.exited" || code === "agent.timeout" || code === "agent.frame") return;
    later(crew, { kind: "refused", agentId, taskId, fence });
  }
}

/** One answer, or silence at once: nobody waits for who cannot speak. */
export async function ask(crew: Crew, agentId: string, { taskId, fence, leaseMs, payload }: Errand): Promise<void> {
  const { agent, post } = bodyOf(crew, agentId);
  const say = (answer: Voice["answer"]): void =>
    queueMicrotask(() => crew.reports.voted({ agentId, voteId: taskId, answer }));
  if (agent === null) return say(null);
  try {
    const { params = {}, symbols = [] } = post ?? {};
    const task = crew.options.taskOf(payload, { agentId, role: agent.role, symbols, params, taskId, fence });
    const { proposal, signature } = await agent.ask(task, { timeoutMs: leaseMs });
    say({ proposal, signature });
  } catch {
    // Why it said nothing is its own matter; an end, a lie and a late answer are reported by themselves.
    say(null);
  }
}
