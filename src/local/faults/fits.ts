// Does a call fit a matcher? Paths are compared segment by segment, so that no pattern of a user can cost time.
import type { FaultAction, FaultMatch } from "../../contracts/fault-plan.ts";
import type { FaultCall } from "./fault-call.ts";

export function fits(match: FaultMatch, call: FaultCall): boolean {
  return (
    same(match.plane, call.plane) &&
    same(match.operation, call.operation) &&
    same(match.method, call.method) &&
    same(match.rpc, call.rpc) &&
    same(match.sandboxId, call.sandboxId) &&
    same(match.port, call.port) &&
    (match.path === undefined || pathFits(match.path.split("/"), call.path.split("/")))
  );
}

/** These act on a sandbox, so a call that names none cannot meet them. */
export type SandboxAction = Extract<FaultAction, { kind: "kill" | "slow" | "fill" | "reset-streams" }>;

export function needsSandbox(action: FaultAction): action is SandboxAction {
  switch (action.kind) {
    case "kill":
    case "slow":
    case "fill":
    case "reset-streams":
      return true;
    case "answer":
    case "hang":
    case "delay":
    case "drop":
      return false;
  }
}

function same<Value>(wanted: Value | undefined, found: Value | null): boolean {
  return wanted === undefined || wanted === found;
}

/** `*` is one segment, a trailing or inner `**` any number. The first `**` takes all up to what must follow it. */
export function pathFits(pattern: readonly string[], path: readonly string[]): boolean {
  const wild = pattern.indexOf("**");
  if (wild === -1)
    return pattern.length === path.length && pattern.every((part, at) => part === "*" || part === path[at]);
  const head = pattern.slice(0, wild);
  const tail = pattern.slice(wild + 1).filter((part) => part !== "**");
  if (path.length < head.length + tail.length) return false;
  const fixed = (part: string, found: string | undefined): boolean => part === "*" || part === found;
  return (
    head.every((part, at) => fixed(part, path[at])) &&
    tail.every((part, at) => fixed(part, path[path.length - tail.length + at]))
  );
}
