// Sentinel inputs: metadata of a create that asks for faults, with any SDK and any template. `"e2b-swarm.fault": "429:5"` is
// about the create itself, `"run=drop"` about the next run in the sandbox it makes; a JSON plan says everything. Several:
// `e2b-swarm.fault.1`, `e2b-swarm.fault.b`. With the plane off they are metadata like any other.
import { isRecord } from "../../contracts/json.ts";
import { faultOperations, type FaultPlan } from "../../contracts/fault-plan.ts";
import { needsSandbox } from "./fits.ts";
import { parsePlan, type ParsedPlan } from "./parse-plan.ts";
import { faultLimits, sentinelKey } from "./fault-limits.ts";

export interface Sentinel {
  /** The metadata's name and text: the identity of a sentinel with a count. */
  readonly text: string;
  readonly about: "create" | "sandbox";
  readonly plan: FaultPlan;
}

export type ParsedSentinels =
  | { readonly ok: true; readonly sentinels: readonly Sentinel[] }
  | { readonly ok: false; readonly problem: string };

/** `[operation=]fault[:argument][*count]` */
const shortForm = /^(?:([a-z]+)=)?([a-z0-9-]+)(?::(\d+))?(?:\*(\d+))?$/;
const streamBytes = 1;

export function parseSentinels(metadata: unknown): ParsedSentinels {
  const asked = isRecord(metadata) ? Object.entries(metadata).filter(([name]) => isSentinel(name)) : [];
  if (asked.length > faultLimits.sentinels)
    return {
      ok: false,
      problem: `${asked.length} sentinels were given, at most ${faultLimits.sentinels} are accepted`,
    };
  const sentinels: Sentinel[] = [];
  for (const [name, value] of asked) {
    const parsed = typeof value === "string" ? parseValue(value) : refuse("it is no text");
    if (!parsed.ok) return { ok: false, problem: `metadata ${name}: ${parsed.problem}` };
    const { plan } = parsed;
    const about = plan.match === undefined || plan.match.operation === "create" ? "create" : "sandbox";
    if (plan.trigger === "now" || (about === "create" && needsSandbox(plan.action))) {
      const problem = `metadata ${name}: ${plan.action.kind} is for a sandbox that runs; name the call that meets it, for instance run=kill`;
      return { ok: false, problem };
    }
    sentinels.push({ text: `${name}=${String(value)}`, about, plan });
  }
  return { ok: true, sentinels };
}

function isSentinel(name: string): boolean {
  return name === sentinelKey || name.startsWith(`${sentinelKey}.`);
}

function parseValue(text: string): ParsedPlan {
  if (!text.trimStart().startsWith("{")) return parseShort(text.trim());
  try {
    return parsePlan(JSON.parse(text));
  } catch {
    return refuse("it is no JSON");
  }
}

function parseShort(text: string): ParsedPlan {
  const match = shortForm.exec(text);
  const [, operation, fault = "", argument, count] = match ?? [];
  const action = match === null ? null : shortAction(fault, argument === undefined ? undefined : Number(argument));
  if (action === null)
    return refuse(
      `${JSON.stringify(text.slice(0, 60))} is no fault; write for instance 503, 429:5, delay:200 or run=drop`,
    );
  if (operation !== undefined && !faultOperations.some((name) => name === operation))
    return refuse(`${operation} is no operation; there are ${faultOperations.join(", ")}`);
  return parsePlan({
    action,
    ...(operation === undefined ? {} : { match: { operation } }),
    ...(count === undefined ? {} : { count: Number(count) }),
  });
}

function shortAction(fault: string, argument: number | undefined): Record<string, unknown> | null {
  if (/^[45]\d\d$/.test(fault)) {
    const retry = argument === undefined ? {} : { retryAfterSeconds: argument };
    return { kind: "answer", status: Number(fault), ...retry };
  }
  const ms = argument === undefined ? {} : { ms: argument };
  switch (fault) {
    case "hang":
      return { kind: "hang", ...ms };
    case "delay":
      return { kind: "delay", ms: argument };
    case "drop":
      return { kind: "drop", when: "before-effect" };
    case "drop-answer":
      return { kind: "drop", when: "after-effect" };
    case "cut":
      return { kind: "drop", when: "mid-answer", afterBytes: argument ?? streamBytes };
    case "kill":
      return { kind: "kill", when: "mid-answer", afterBytes: argument ?? streamBytes };
    case "slow":
      return { kind: "slow", forMs: argument };
    case "fill":
      return { kind: "fill", where: "disk" };
    case "reset-streams":
      return { kind: "reset-streams" };
    default:
      return null;
  }
}

function refuse(problem: string): ParsedPlan {
  return { ok: false, problem };
}
