// Reports are drawn in a process of their own: src knows nothing of the harness.
import { resolve } from "node:path";
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { answerOf } from "../program-answer.ts";
import { runProgram } from "../run-program.ts";

export const handle = handler("report.input", "report.output", async (_parts, input, context) => {
  const { out, ...rest } = input;
  const request = { ...rest, folder: resolve(input.folder), ...(out === undefined ? {} : { out: resolve(out) }) };
  const end = await runProgram(programPath("report"), [JSON.stringify(request)], context);
  const answer = answerOf(end, {
    what: "Drawing the reports",
    hint: "`e2b-swarm verify` says whether the bundle is whole",
  });
  return parse("report.output", answer, "internal");
});
