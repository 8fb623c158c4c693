// A plan as it comes in over HTTP or inside metadata becomes a FaultPlan, or the one field that is wrong is named.
import { check } from "../../contracts/parse.ts";
import { isRecord } from "../../contracts/json.ts";
import type { FaultPlan } from "../../contracts/fault-plan.ts";
import { needsSandbox } from "./fits.ts";

export type ParsedPlan =
  | { readonly ok: true; readonly plan: FaultPlan }
  | { readonly ok: false; readonly problem: string };

const kinds = ["answer", "hang", "delay", "drop", "kill", "slow", "fill", "reset-streams"] as const;

export function parsePlan(value: unknown): ParsedPlan {
  const action: unknown = isRecord(value) ? value.action : undefined;
  const named: unknown = isRecord(action) ? action.kind : undefined;
  const kind = kinds.find((one) => one === named);
  if (kind === undefined) {
    return refuse(`action.kind is ${JSON.stringify(named) ?? "missing"} but must be one of ${kinds.join(", ")}`);
  }
  const inner = check(`fault.${kind}`, action);
  if (!inner.ok) return refuse(`action.${inner.field} ${inner.problem}`);
  const whole = check("fault.plan", value);
  if (!whole.ok) return refuse(`${whole.field} ${whole.problem}`);
  return consistent(whole.value);
}

function consistent(plan: FaultPlan): ParsedPlan {
  const { action, match, trigger } = plan;
  if (trigger === "now" && (!needsSandbox(action) || match?.sandboxId === undefined))
    return refuse("trigger now is for kill, slow, fill and reset-streams, and match.sandboxId must name the sandbox");
  const counts = action.kind === "drop" || action.kind === "kill";
  if (counts && action.afterBytes !== undefined && action.when !== "mid-answer")
    return refuse(`action.afterBytes counts only when action.when is mid-answer, but it is ${action.when}`);
  if (action.kind === "answer" && action.retryAfterSeconds !== undefined && action.status < 429)
    return refuse(`action.retryAfterSeconds goes with 429 and 5xx, but action.status is ${action.status}`);
  return { ok: true, plan };
}

function refuse(problem: string): ParsedPlan {
  return { ok: false, problem };
}
