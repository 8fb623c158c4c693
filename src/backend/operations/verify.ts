// Verification runs in a fresh process that shares no code with the one that wrote the report.
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { parse } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { handler } from "../handler.ts";
import { programPath } from "../paths.ts";
import { runProgram } from "../run-program.ts";

export const handle = handler("verify.input", "verify.output", async (_parts, input, context) => {
  const folder = resolve(input.folder);
  const isFile = statSync(folder, { throwIfNoEntry: false })?.isFile() === true;
  if (!isFile && !existsSync(join(folder, "evidence"))) {
    throw new SwarmError("evidence.missing", `Cannot verify ${input.folder}: it holds no evidence folder`, {
      hint: "Name the report folder of a run, for instance reports/latest, or the file of a quorum certificate",
    });
  }
  const trust = input.trust === undefined ? [] : ["--trust", resolve(input.trust)];
  const said: string[] = [];
  const args = [folder, "--json", ...trust];
  const end = await runProgram(programPath("verify"), args, { ...context, progress: (line) => void said.push(line) });
  if (end.code === 2) {
    throw new SwarmError("usage.invalid", said.join("\n"), {
      hint: "Give --trust a keys.json such as a report's evidence/keys.json",
      details: { field: "trust" },
    });
  }
  const answer: unknown = JSON.parse(end.stdout);
  if (!isRecord(answer)) throw new SwarmError("internal", "The verifier did not answer with an object");
  const { exitCode: _exitCode, ...result } = answer;
  return parse("verify.output", result, "internal");
});
