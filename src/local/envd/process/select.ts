// Finds the process a request names by pid or tag.
import { isRecord } from "../../../contracts/json.ts";
import type { Agent } from "../agent.ts";
import { rpcError } from "../rpc-error.ts";
import type { ManagedProcess } from "./managed-process.ts";

/** Also finds processes that ended a moment ago. Throws `not_found`. */
export function selectProcess(agent: Agent, selector: unknown): ManagedProcess {
  const { pid, tag } = isRecord(selector) ? selector : {};
  if (typeof pid === "number") {
    const found = agent.processes.get(pid);
    if (found !== undefined) return found;
    throw rpcError("not_found", `process with pid ${pid} not found`);
  }
  if (typeof tag !== "string") throw rpcError("unimplemented", "process selector has neither pid nor tag");
  const tagged = [...agent.processes.values()].filter((managed) => managed.tag === tag);
  const found = tagged.find((managed) => managed.end === undefined) ?? tagged.at(-1);
  if (found === undefined) throw rpcError("not_found", `process with tag ${tag} not found`);
  return found;
}

/** Throws `not_found` for what has ended, or was killed and is only waiting for its last output. */
export function selectLive(agent: Agent, selector: unknown): ManagedProcess {
  const found = selectProcess(agent, selector);
  const gone = found.end !== undefined || (found.killed && hasExited(found));
  if (gone) throw rpcError("not_found", `process with pid ${found.pid} not found`);
  return found;
}

export function hasExited(managed: ManagedProcess): boolean {
  return managed.child.exitCode !== null || managed.child.signalCode !== null;
}
