// Validation runs in a process of its own (harness/run), so that the court shares no memory with what it judges.
import { SwarmError } from "../../contracts/swarm-error.ts";
import { isRecord } from "../../contracts/json.ts";
import { faults, type FaultCode } from "../../contracts/faults.ts";
import { parse } from "../../contracts/parse.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { runProgram } from "../run-program.ts";

export const handle = handler("validate.input", "validate.output", async (parts, input, context) => {
  const { target, isolation, folder } = parts.settings;
  const { sabotage } = input;
  if (sabotage !== undefined && target !== "local") throw onlyLocal();
  const request = JSON.stringify({ ...input, target, isolation, folder });
  const end = await runProgram(programPath(sabotage === undefined ? "harness" : "sabotage"), [request], context);
  if (context.signal.aborted) {
    throw new SwarmError("cancelled", "The validation was stopped; its bundle is closed as incomplete");
  }
  const answer: unknown = parseAnswer(end.stdout);
  if (isRecord(answer) && isRecord(answer.error)) throw remoteError(answer.error);
  if (answer === null) {
    const how = end.signal === null ? `exit code ${end.code}` : `signal ${end.signal}`;
    throw new SwarmError("internal", `The validation ended without a result (${how})`, {
      hint: "The lines above say where; the bundle it left verifies as incomplete",
    });
  }
  const judgesChecks = { verdict: null, target, isolation, claims: {}, conditions: [] };
  const whole = sabotage === undefined || !isRecord(answer) ? answer : { ...judgesChecks, ...answer };
  return parse("validate.output", whole, "internal");
});

function onlyLocal(): SwarmError {
  return new SwarmError("usage.invalid", "Cannot plant defects on the cloud target: copies of the package run here", {
    hint: "Choose the local target, or leave sabotage out",
    details: { field: "sabotage" },
  });
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function remoteError(error: Record<string, unknown>): SwarmError {
  const code = typeof error.code === "string" && isFault(error.code) ? error.code : "internal";
  const message = String(error.message).replace(/^\[[\w.-]+\] /, "");
  return new SwarmError(code, message, typeof error.hint === "string" ? { hint: error.hint } : {});
}

function isFault(code: string): code is FaultCode {
  return code in faults;
}
