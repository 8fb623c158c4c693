// The five kinds of build steps, each run inside the build's cell. Names, paths and owners travel as positional parameters of
// fixed scripts, so nothing in them is ever code.
import { copyStep } from "./copy-step.ts";
import type { BuildStep } from "./parse-build.ts";
import { asHelper, done, expand, failed, inside, type StepOutcome, type StepRun } from "./step-run.ts";

export async function runStep(step: BuildStep, run: StepRun): Promise<StepOutcome> {
  switch (step.type) {
    case "RUN":
      return runCommand(step, run);
    case "COPY":
    case "ADD":
      return copyStep(step, run);
    case "ENV":
    case "ARG":
      return setEnv(step, run);
    case "WORKDIR":
      return setWorkdir(step, run);
    case "USER":
      return setUser(step, run);
    default:
      return failed(`command type ${step.type.slice(0, 40)} is not implemented`);
  }
}

async function runCommand({ args }: BuildStep, run: StepRun): Promise<StepOutcome> {
  const [command, user] = args;
  if (command === undefined || command === "") return failed("RUN requires command argument");
  const context = user === undefined || user === "" ? run.context : { ...run.context, user };
  const problem = await inside(run, { command, context });
  return problem === null ? done(run.context) : failed(`failed to run command '${command}': ${problem}`);
}

async function setEnv({ type, args }: BuildStep, run: StepRun): Promise<StepOutcome> {
  if (args.length === 0) return failed(`${type} does not support passing no arguments`);
  if (args.length % 2 !== 0) return failed(`${type} requires both a key and value arguments`);
  let context = run.context;
  for (let at = 0; at < args.length; at += 2) {
    const key = args[at] ?? "";
    if (key === "" || key.includes("=")) return failed(`'${key}' cannot be the name of an environment variable`);
    const value = await expand(run, context, args[at + 1] ?? "");
    if (value === null) return failed(`failed to evaluate environment variable ${key}`);
    context = { ...context, env: { ...context.env, [key]: value } };
  }
  return done(context);
}

const makeFolder = `
target=$1; owner=$2
case $target in /*) ;; *) echo "not an absolute path: $target" >&2; exit 1;; esac
if [ ! -d "$target" ]; then
  top=$target; parent=$(dirname -- "$target")
  while [ ! -e "$parent" ]; do top=$parent; parent=$(dirname -- "$parent"); done
  mkdir -p -- "$target" && chown -R -- "$owner" "$top" || exit 1
fi
cd -- "$target" && pwd`;

async function setWorkdir({ args }: BuildStep, run: StepRun): Promise<StepOutcome> {
  const [asked] = args;
  if (asked === undefined || asked === "") return failed("WORKDIR requires a path argument");
  const expanded = await expand(run, run.context, asked);
  if (expanded === null) return failed(`failed to evaluate the path ${asked}`);
  const path = expanded.startsWith("/") ? expanded : `${run.context.workdir ?? ""}/${expanded}`;
  const { user } = run.context;
  let workdir = "";
  const problem = await asHelper(run, {
    command: makeFolder,
    args: [path, `${user}:${user}`],
    onLine: (stream, line) => {
      if (stream === "stdout") workdir = line;
    },
  });
  if (problem !== null) return failed(`failed to create workdir: ${problem}`);
  if (!workdir.startsWith("/")) return failed(`failed to create workdir: ${path} has no absolute path`);
  return done({ ...run.context, workdir });
}

const findOrMakeUser = `
id -u -- "$1" >/dev/null 2>&1 && exit 0
useradd --create-home --user-group --shell /bin/bash -- "$1"`;

async function setUser({ args }: BuildStep, run: StepRun): Promise<StepOutcome> {
  const [asked] = args;
  if (asked === undefined || asked === "") return failed("USER requires a username argument");
  const user = await expand(run, run.context, asked);
  if (user === null) return failed(`failed to evaluate the user ${asked}`);
  const problem = await asHelper(run, { command: findOrMakeUser, args: [user] });
  return problem === null ? done({ ...run.context, user }) : failed(`failed to create user: ${problem}`);
}

