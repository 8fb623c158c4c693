// What an agent's answer rests on. Both ends digest it, so that a proposal is bound to the very inputs it was asked about.
import type { Task } from "./frames.ts";
import { canonicalJson } from "./json.ts";

/** Canonical JSON of a task without its ids: the text behind `inputsSha256`. */
export function taskInputsText({ symbol, strategy, params, window, partner, headlines, peers }: Task): string {
  const inputs = { symbol, strategy, params, window, headlines, peers };
  return canonicalJson(partner === undefined ? inputs : { ...inputs, partner });
}
