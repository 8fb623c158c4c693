// What a strategy file says about itself becomes the head of a strategy, or a problem in words. By hand, because this runs inside
// sandboxes too, where no schema library is.
import { isRecord } from "../../contracts/json.ts";
import type { ParamRule, Strategy } from "../strategy.ts";
import { userLimits } from "./user-strategy.ts";

export type Head = Omit<Strategy, "prepare">;
export type ReadHead = { readonly ok: true; readonly head: Head } | { readonly ok: false; readonly problem: string };

const fields = ["id", "title", "params", "ordered", "exclusiveOrders", "prepare"];
const ruleFields = ["default", "min", "max", "integer", "doc"];

export function readDescription(text: string): ReadHead {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || value.kind !== "object") {
    const found = isRecord(value) ? String(value.kind) : "nothing";
    return bad(`its default export is ${found} and not an object with id, title, params and prepare`);
  }
  const { id, title, params = {}, ordered, exclusiveOrders = false } = value;
  const unknown = Array.isArray(value.fields) ? value.fields.find((name) => !fields.includes(String(name))) : undefined;
  if (unknown !== undefined) return bad(`it has a field ${String(unknown)}; there are ${fields.join(", ")}`);
  if (typeof id !== "string" || !/^[a-z][a-z0-9-]{0,39}$/.test(id))
    return bad("its id is no name of small letters, digits and hyphens");
  if (typeof title !== "string" || title.length < 1 || title.length > 200)
    return bad("its title is no text of 1 to 200 characters");
  if (value.prepare !== "function") return bad(`its prepare is ${String(value.prepare)} and not a function`);
  if (typeof exclusiveOrders !== "boolean") return bad("its exclusiveOrders is neither true nor false");
  if (!isRecord(params) || Object.keys(params).length > userLimits.params)
    return bad(`its params are no object with at most ${userLimits.params} rules`);
  const rules: Record<string, ParamRule> = {};
  for (const [name, rule] of Object.entries(params)) {
    const problem = problemOf(rule);
    if (problem !== null) return bad(`its parameter ${name.slice(0, 40)} ${problem}`);
    if (isRule(rule)) rules[name] = rule;
  }
  const head = { id, aliases: [], title, params: rules, exclusiveOrders };
  if (ordered === undefined) return { ok: true, head };
  const pair = Array.isArray(ordered) && ordered.length === 2 ? ordered.map(String) : [];
  const [less = "", more = ""] = pair;
  if (pair.length === 2 && less in rules && more in rules)
    return { ok: true, head: { ...head, ordered: [less, more] } };
  return bad("its ordered does not name two of its parameters");
}

function problemOf(rule: unknown): string | null {
  if (!isRecord(rule)) return "is no object with default, min, max, integer and doc";
  const unknown = Object.keys(rule).find((name) => !ruleFields.includes(name));
  if (unknown !== undefined) return `has a field ${unknown}; there are ${ruleFields.join(", ")}`;
  if (!isRule(rule)) return "needs the numbers default, min and max, integer as true or false, and doc as text";
  if (rule.min > rule.default || rule.default > rule.max)
    return `has a default of ${rule.default}, outside of ${rule.min} to ${rule.max}`;
  return rule.integer && !Number.isInteger(rule.default) ? `is whole and has a default of ${rule.default}` : null;
}

function isRule(rule: unknown): rule is ParamRule {
  return (
    isRecord(rule) &&
    [rule.default, rule.min, rule.max].every((value) => typeof value === "number" && Number.isFinite(value)) &&
    typeof rule.integer === "boolean" &&
    typeof rule.doc === "string"
  );
}

function bad(problem: string): ReadHead {
  return { ok: false, problem };
}
