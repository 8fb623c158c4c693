// Last step: fails the job or not, by the verdict and what the workflow asked for. A run that gave no verdict always fails.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const { INPUT_FAIL_ON = "", REPORT_PATH = "", VERDICT = "", EXIT_CODE = "" } = process.env;
const passing = {
  gate: ["CERTIFIED", "CONDITIONAL", "INCOMPLETE"],
  inconclusive: ["CERTIFIED", "CONDITIONAL"],
  flaky: ["CERTIFIED", "CONDITIONAL"],
  conditional: ["CERTIFIED"],
};
const exitCodes = { CERTIFIED: "0", CONDITIONAL: "3", INCOMPLETE: "6", REFUSED: "1" };

process.exitCode = main();

function main() {
  const allowed = Object.hasOwn(passing, INPUT_FAIL_ON) ? passing[INPUT_FAIL_ON] : null;
  if (allowed === null) {
    return end(2, `fail-on is "${INPUT_FAIL_ON}"; it is one of ${Object.keys(passing).join(", ")}`);
  }
  if (!Object.hasOwn(exitCodes, VERDICT)) return end(1, "the validation gave no verdict");
  if (EXIT_CODE !== exitCodes[VERDICT])
    return end(1, `the verdict is ${VERDICT}, but the validation exited with ${EXIT_CODE}`);
  if (INPUT_FAIL_ON === "flaky" && flaky() !== 0) return end(1, "a test was flaky, or its report is missing");
  return allowed.includes(VERDICT)
    ? end(0, `${VERDICT} is allowed by fail-on ${INPUT_FAIL_ON}`)
    : end(Number(EXIT_CODE) || 1, `the run is ${VERDICT}`);
}

function flaky() {
  const path = join(REPORT_PATH, "ctrf.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).results.summary.flaky : null;
}

function end(code, sentence) {
  process.stdout.write(`${sentence}\n`);
  return code;
}
