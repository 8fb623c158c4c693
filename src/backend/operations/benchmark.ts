// The benchmark alone, by the same process and recorder as validation. Its figures inform; nothing is certified.
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { runHarness } from "../run-harness.ts";

export const handle = handler("bench.input", "bench.output", async (parts, input, context) => {
  const answer = await runHarness(parts.settings, { task: "bench", ...input }, context);
  return parse("bench.output", answer, "internal");
});
