// The `sudo` of a sandbox. Setuid programs gain nothing where no_new_privs is set, so it asks the agent, which is root in
// here, to run the command on this process's own streams, in its folder. Where the sandbox has one id it says so and fails.
import { connect } from "node:net";
import { isRecord } from "../../../contracts/json.ts";
import { parseSudo, sudoSocket } from "./options.ts";

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const;

function fail(sentence: string): never {
  process.stderr.write(`sudo: ${sentence}\n`);
  process.exit(1);
}

const call = parseSudo(process.argv.slice(2));
if (typeof call === "string") fail(call);
const socket = connect(sudoSocket);
socket.on("error", () => fail("the sandbox's agent does not answer"));
socket.on("connect", () => socket.write(`${JSON.stringify({ pid: process.pid, args: process.argv.slice(2) })}\n`));
for (const name of forwarded) process.on(name, () => socket.write(`${JSON.stringify({ signal: name })}\n`));

let heard = "";
socket.on("data", (chunk: Buffer) => {
  heard += chunk.toString("utf8");
  if (!heard.includes("\n")) return;
  const answer: unknown = JSON.parse(heard.slice(0, heard.indexOf("\n")));
  if (!isRecord(answer)) fail("the agent's answer is not understood");
  if (typeof answer.problem === "string") fail(answer.problem);
  if (typeof answer.signal === "number") {
    // As if the command had been ours: whoever waits for this process sees the same end.
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, answer.signal);
    process.exit(128 + answer.signal);
  }
  process.exit(typeof answer.code === "number" ? answer.code : 1);
});
socket.on("close", () => fail("the sandbox's agent went away"));
