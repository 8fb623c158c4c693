// Loose parameters become checked ones: defaults filled in, everything outside the rules refused by name.
import { SwarmError } from "../contracts/swarm-error.ts";
import type { ParamRule, Params } from "./strategy.ts";

/** What has parameters: a strategy, or the opinion of a role. */
export interface Parametrised {
  readonly id: string;
  readonly params: Readonly<Record<string, ParamRule>>;
  readonly ordered?: readonly [less: string, more: string];
}

/** Throws `usage.invalid` for unknown names, values outside the limits, and fractions where a whole number belongs. */
export function checkParams(of: Parametrised, given: Params = {}): Params {
  for (const [name, value] of Object.entries(given)) {
    const problem = problemOf(of, name, value);
    if (problem !== undefined) throw refused(of, name, problem);
  }
  const params: Params = { ...defaultsOf(of), ...given };
  if (of.ordered === undefined) return params;
  const [less, more] = of.ordered;
  if ((params[less] ?? NaN) < (params[more] ?? NaN)) return params;
  throw refused(of, less, `is ${params[less]} but must be smaller than ${more}, which is ${params[more]}`);
}

function defaultsOf(of: Parametrised): Params {
  return Object.fromEntries(Object.entries(of.params).map(([name, rule]) => [name, rule.default]));
}

function problemOf(of: Parametrised, name: string, value: number): string | undefined {
  const rule = of.params[name];
  if (rule === undefined) return `is no parameter; there are: ${Object.keys(of.params).join(", ") || "none"}`;
  const fits = rule.integer ? Number.isInteger(value) : Number.isFinite(value);
  if (fits && value >= rule.min && value <= rule.max) return undefined;
  return `is ${value} but must be ${rule.integer ? "a whole number" : "a number"} from ${rule.min} to ${rule.max}`;
}

function refused(of: Parametrised, name: string, problem: string): SwarmError {
  return new SwarmError("usage.invalid", `Cannot run ${of.id}: ${name} ${problem}`, {
    hint: `Change or leave out ${name}`,
    details: { strategy: of.id, param: name },
  });
}
