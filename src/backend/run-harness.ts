// Runs the harness in a process of its own and hands on its one answer, or its error as ours.
import type { OperationContext } from "../contracts/operation.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { programPath } from "./paths.ts";
import { answerOf } from "./program-answer.ts";
import { runProgram } from "./run-program.ts";
import type { Settings } from "./settings.ts";

/** Throws what the harness refused with, `cancelled`, or `internal` when it ended without an answer. */
export async function runHarness(
  { target, isolation, folder, budgetMicroUsd }: Settings,
  task: Readonly<Record<string, unknown>>,
  context: OperationContext,
): Promise<unknown> {
  const request = JSON.stringify({ ...task, target, isolation, folder, budgetMicroUsd });
  const end = await runProgram(programPath("harness"), [request], context);
  if (context.signal.aborted) {
    throw new SwarmError("cancelled", "The validation was stopped; its bundle is closed as incomplete");
  }
  return answerOf(end, {
    what: "The validation",
    hint: "The lines above say where; the bundle it left verifies as incomplete",
  });
}
