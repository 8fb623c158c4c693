// The plan of a validation, made by the process that would run it; nothing is contacted.
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { runHarness } from "../run-harness.ts";

export const handle = handler("plan.input", "plan.output", async (parts, input, context) => {
  const answer = await runHarness(parts.settings, { task: "plan", ...input }, context);
  return parse("plan.output", answer, "internal");
});
