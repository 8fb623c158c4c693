// Validation runs in a process of its own (harness/run), so that the court shares no memory with what it judges; so does the
// sabotage of copies (harness/sabotage).
import { isRecord } from "../../contracts/json.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { runHarness } from "../run-harness.ts";

export const handle = handler("validate.input", "validate.output", async (parts, input, context) => {
  const { target, isolation } = parts.settings;
  if (input.sabotage === undefined) {
    const answer = await runHarness(parts.settings, { task: "validate", ...input }, context);
    return parse("validate.output", answer, "internal");
  }
  if (target !== "local") throw onlyLocal();
  const besides = partial.find((name) => input[name] !== undefined);
  if (besides !== undefined) throw notTogether(besides);
  const answer = await runHarness(parts.settings, { ...input }, context, "sabotage");
  const judgesChecks = { verdict: null, target, isolation, claims: {}, conditions: [] };
  return parse("validate.output", isRecord(answer) ? { ...judgesChecks, ...answer } : answer, "internal");
});

/** What chooses a part of a run says nothing about defects. */
const partial = ["layers", "plan", "shard", "merge"] as const;

function notTogether(name: (typeof partial)[number]): SwarmError {
  return new SwarmError("usage.invalid", `Cannot plant defects with ${name}: each defect names the checks it runs`, {
    hint: `Leave out ${name}, or sabotage`,
    details: { field: name },
  });
}

function onlyLocal(): SwarmError {
  return new SwarmError("usage.invalid", "Cannot plant defects on the cloud target: copies of the package run here", {
    hint: "Choose the local target, or leave sabotage out",
    details: { field: "sabotage" },
  });
}
