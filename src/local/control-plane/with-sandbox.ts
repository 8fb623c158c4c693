// Endpoints of one sandbox: found, or refused in E2B's words.
import { problem, type Answer } from "../answer.ts";
import { changingText } from "../lifecycle/reach.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest, Endpoint } from "./context.ts";

type Call = (plane: ControlPlane, sandbox: LocalSandbox, request: ControlRequest) => Promise<Answer> | Answer;

/** Any sandbox on the table, whatever its state. */
export function withSandbox(call: Call): Endpoint {
  return (plane, request) => {
    const sandbox = plane.table.get(request.id);
    if (sandbox === undefined) return notFound(request.id);
    return call(plane, sandbox, request);
  };
}

/** Only one that runs: a paused one is not found, one that changes its state is a conflict. */
export function withRunning(call: Call): Endpoint {
  return withSandbox((plane, sandbox, request) => {
    switch (sandbox.state.kind) {
      case "running":
        return call(plane, sandbox, request);
      case "paused":
        return notFound(sandbox.id);
      case "pausing":
      case "resuming":
        return problem(409, `Sandbox "${sandbox.id}" is ${changingText(sandbox)}`);
    }
  });
}

export function notFound(id: string): Answer {
  return problem(404, `Sandbox "${id}" doesn't exist or you don't have access to it`);
}
