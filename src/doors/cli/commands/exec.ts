// `exec`: one command inside a sandbox. The child's exit code is a result: the command line's own code says whether the call
// worked, unless --exit-code asks to pass the child's on.
import type { CommandSpec, OptionSpec, Outcome, Values } from "../command-spec.ts";
import { asPairs, asSeconds } from "../readers.ts";
import type { Session } from "../session.ts";
import { wireForm } from "../wire-form.ts";

const largestExitCode = 255;

export const execOptions: readonly OptionSpec[] = [
  {
    flags: "--timeout <seconds>",
    key: "timeoutSeconds",
    text: "killed after this many seconds (default: 60)",
    read: asSeconds,
  },
  { flags: "--cwd <folder>", key: "cwd", text: "working directory inside the sandbox" },
  { flags: "--env <KEY=VALUE>", key: "envVars", text: "environment of the command, repeatable", read: asPairs },
  { flags: "--exit-code", key: "passExitCode", text: "exit with the command's own code" },
];

export const execCommand: CommandSpec = {
  name: "exec",
  group: "Sandboxes",
  summary: "Run a command inside a sandbox",
  schema: "execute.input",
  operands: [
    { syntax: "<id>", key: "sandboxId", text: "id of a sandbox" },
    {
      syntax: "<command...>",
      key: "words",
      text: "after --: one word is a shell line, several are a program and its arguments",
    },
  ],
  options: execOptions,
  examples: ["e2b-swarm exec <id> -- node -e 'console.log(1 + 1)'", "e2b-swarm exec <id> -- 'ls /home | wc -l'"],
  run: (values, session) => runInside(values, session),
};

/** Runs `values.words` in `values.sandboxId`; shared with `execute <id> -- …`. */
export async function runInside(values: Values, session: Session): Promise<Outcome> {
  const { words, passExitCode, ...input } = values;
  const [command, ...args] = Array.isArray(words) ? words.map(String) : [];
  const output = await session.call("executeE2bProcess", {
    ...input,
    ...(command === undefined ? {} : { command }),
    ...(args.length === 0 ? {} : { args }),
  });
  session.passOn("stdout", output.stdout);
  session.passOn("stderr", output.stderr);
  const ended = output.timedOut ? "was killed at its time limit" : `ended with exit code ${output.exitCode}`;
  return {
    data: wireForm("execute.output", output),
    text: "",
    ...(output.exitCode === 0 && !output.timedOut ? {} : { note: `The command ${ended}` }),
    exitCode: passExitCode === true ? passedOn(output.exitCode) : 0,
  };
}

/** A command ended by a signal reports -1, which no process can exit with. */
function passedOn(exitCode: number): number {
  return exitCode < 0 || exitCode > largestExitCode ? 1 : exitCode;
}
