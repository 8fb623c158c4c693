// Validation runs in a process of its own (harness/run), so that the court shares no memory with what it judges.
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { runHarness } from "../run-harness.ts";

export const handle = handler("validate.input", "validate.output", async (parts, input, context) => {
  const answer = await runHarness(parts.settings, { task: "validate", ...input }, context);
  return parse("validate.output", answer, "internal");
});
