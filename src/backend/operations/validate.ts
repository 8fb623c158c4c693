// Validation runs in a process of its own (harness/run), so that the court shares no memory with what it judges.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { answerOf } from "../program-answer.ts";
import { runProgram } from "../run-program.ts";

export const handle = handler("validate.input", "validate.output", async (parts, input, context) => {
  const { target, isolation, folder } = parts.settings;
  const request = JSON.stringify({ ...input, target, isolation, folder });
  const end = await runProgram(programPath("harness"), [request], context);
  if (context.signal.aborted) {
    throw new SwarmError("cancelled", "The validation was stopped; its bundle is closed as incomplete");
  }
  const answer = answerOf(end, {
    what: "The validation",
    hint: "The lines above say where; the bundle it left verifies as incomplete",
  });
  return parse("validate.output", answer, "internal");
});
