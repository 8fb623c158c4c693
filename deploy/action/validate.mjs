// First step: runs the validation and writes what came of it as outputs. It ends well whatever the verdict, so that the
// next steps can publish it; the last step decides.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

const { INPUT_COMMAND = "", INPUT_TARGET = "", INPUT_SUITE = "", INPUT_OUT = "", INPUT_MAX_COST = "" } = process.env;
const [command = "npx", ...words] = INPUT_COMMAND.split(/\s+/).filter((word) => word !== "");
const args = [...words, "validate", "--json", "--target", INPUT_TARGET, "--out", INPUT_OUT];
if (INPUT_SUITE !== "") args.push("--layers", INPUT_SUITE);
const env = { ...process.env, ...(INPUT_MAX_COST === "" ? {} : { COST_BUDGET_DAILY: INPUT_MAX_COST }) };
const longestAnswer = 64 * 1_024 * 1_024;

const ended = spawnSync(command, args, {
  env,
  encoding: "utf8",
  maxBuffer: longestAnswer,
  stdio: ["ignore", "pipe", "inherit"],
});
const answer = parse(ended.stdout ?? "");
const { data, error } = answer ?? {};
output("verdict", typeof data?.verdict === "string" ? data.verdict : "ERROR");
output("exit-code", String(ended.status ?? 1));
output("run-id", typeof data?.run_id === "string" ? data.run_id : "");
output("report-path", typeof data?.folder === "string" ? data.folder : "");
output("message", error?.message ?? ended.error?.message ?? (answer === null ? "The validation gave no answer" : ""));

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** With a delimiter that no value can hold, so that a value can never become another output. */
function output(name, value) {
  const mark = `end-${randomUUID()}`;
  appendFileSync(process.env.GITHUB_OUTPUT, `${name}<<${mark}\n${value}\n${mark}\n`);
}
