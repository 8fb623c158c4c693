// Two runs are compared in a process of its own: src knows nothing of the harness.
import { resolve } from "node:path";
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { answerOf } from "../program-answer.ts";
import { runProgram } from "../run-program.ts";

export const handle = handler("diff.input", "diff.output", async (_parts, input, context) => {
  const { control, ...rest } = input;
  const folders = { before: resolve(input.before), after: resolve(input.after) };
  const request = { ...rest, ...folders, ...(control === undefined ? {} : { control: resolve(control) }) };
  const end = await runProgram(programPath("compare"), [JSON.stringify(request)], context);
  const answer = answerOf(end, { what: "The comparison", hint: "`e2b-swarm verify` says whether the bundle is whole" });
  return parse("diff.output", answer, "internal");
});
