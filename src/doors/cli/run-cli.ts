// One invocation of the command line: words in, exit code out. Data goes to stdout, everything else to stderr; under --json
// stdout gets exactly one document whatever happens. Exit codes come from the fault rows and the verdicts (decision 17).
import { CommanderError } from "commander";
import type { ConfigChoice } from "../../backend/config/configure.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { makeId } from "../../host/ids.ts";
import { redact } from "../../host/log.ts";
import { packageVersion } from "../../host/package-version.ts";
import { stopExitCode } from "../stop-signal.ts";
import type { Outcome } from "./command-spec.ts";
import { commandSpecs } from "./commands/command-specs.ts";
import { envelope, type EnvelopeMeta } from "./envelope.ts";
import { paint } from "./paint.ts";
import { buildProgram, type Choice } from "./program.ts";
import { openSession, type Session } from "./session.ts";
import type { CliWorld } from "./world.ts";

/** What the words on the command line amount to. */
type Reading =
  | { readonly kind: "command"; readonly choice: Choice; readonly globals: Globals }
  | { readonly kind: "printed"; readonly code: string; readonly text: string; readonly globals: Globals }
  | { readonly kind: "refused"; readonly failure: SwarmError; readonly help: string; readonly globals: Globals };

interface Globals {
  readonly json: boolean;
  readonly yes: boolean;
  readonly input: boolean;
  readonly color: boolean;
  readonly config: ConfigChoice;
  readonly target?: "local" | "cloud";
  readonly isolation?: "bwrap" | "gvisor" | "none";
}

/** Runs one command line (without node and script name) and resolves with the exit code. Never throws. */
export async function runCli(argv: readonly string[], world: CliWorld): Promise<number> {
  const startedNs = world.clock.monotonicNs();
  const reading = read(argv);
  const { globals } = reading;
  const report = (session: Session | null, outcome: Outcome | null, failure: SwarmError | null): number => {
    const meta = metaOf(world, startedNs, globals, session, outcome);
    return print(world, globals, meta, outcome, failure);
  };
  if (reading.kind === "printed") return report(null, printedOutcome(reading.code, reading.text), null);
  if (reading.kind === "refused") {
    if (reading.help !== "") world.stderr.write(reading.help);
    return report(null, null, reading.failure);
  }
  const { spec, values, flags } = reading.choice;
  const session = openSession(world, {
    ...(globals.target === undefined ? {} : { target: globals.target }),
    ...(globals.isolation === undefined ? {} : { isolation: globals.isolation }),
    json: globals.json,
    assumeYes: globals.yes,
    mayAsk: globals.input,
    config: globals.config,
    command: spec.name,
    flags,
  });
  const { outcome, failure } = await perform(() => spec.run(values, session), session, world.signal);
  if ((session.opened()?.label ?? outcome?.where)?.isolation === "none") {
    session.progress(
      "warning: isolation none was asked for: sandboxes are plain processes, and no run can earn a certificate",
    );
  }
  return report(session, outcome, failure);
}

async function perform(
  run: () => Promise<Outcome>,
  session: Session,
  signal: AbortSignal,
): Promise<{ outcome: Outcome | null; failure: SwarmError | null }> {
  let outcome: Outcome | null = null;
  let failure: SwarmError | null = null;
  try {
    outcome = await run();
    failure = outcome.failure === undefined ? null : SwarmError.from(outcome.failure);
  } catch (thrown) {
    failure = failureOf(thrown, signal);
  }
  try {
    await session.close();
  } catch (thrown) {
    failure ??= failureOf(thrown, signal);
  }
  return { outcome, failure };
}

function read(argv: readonly string[]): Reading {
  let out = "";
  let err = "";
  let choice: Choice | null = null;
  const output = {
    out: (text: string) => (out += text),
    err: (text: string) => (err += text),
    chosen: (found: Choice) => (choice = found),
  };
  const program = buildProgram(commandSpecs, packageVersion(), output, argv);
  const globals = (): Globals => globalsOf(program.opts(), argv);
  try {
    program.parse([...argv], { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) {
      return { kind: "refused", failure: SwarmError.from(thrown), help: "", globals: globals() };
    }
    if (thrown.exitCode === 0) return { kind: "printed", code: thrown.code, text: out, globals: globals() };
    const help = thrown.code === "commander.help" ? err : "";
    return { kind: "refused", failure: usageFailure(thrown), help, globals: globals() };
  }
  if (choice === null) throw new Error("Invariant broken: commander accepted the words but named no command");
  return { kind: "command", choice, globals: globals() };
}

function globalsOf(given: Readonly<Record<string, unknown>>, argv: readonly string[]): Globals {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const { target, isolation } = given;
  return {
    // The words are looked at too, because commander may give up before it reaches the option.
    json: given.json === true || words.includes("--json") || words.includes("-j"),
    yes: given.yes === true,
    input: given.input !== false,
    color: given.color !== false,
    config: configOf(given.config),
    ...(target === "local" || target === "cloud" ? { target } : {}),
    ...(isolation === "bwrap" || isolation === "gvisor" || isolation === "none" ? { isolation } : {}),
  };
}

/** `--config <file>`, `--no-config`, or neither. */
function configOf(given: unknown): ConfigChoice {
  if (typeof given === "string") return { kind: "named", path: given };
  return { kind: given === false ? "none" : "found" };
}

function usageFailure(thrown: CommanderError): SwarmError {
  if (thrown.code === "commander.help") {
    return new SwarmError("usage.invalid", "Cannot start: no command was given", {
      hint: "Name one of the commands listed by `e2b-swarm --help`",
    });
  }
  const [sentence = "", suggestion = ""] = thrown.message.replace(/^error: /, "").split("\n");
  const hint = suggestion.replaceAll(/[()]/g, "");
  return new SwarmError("usage.invalid", sentence.charAt(0).toUpperCase() + sentence.slice(1), {
    hint: hint === "" ? "Run the command with --help to see what it accepts" : hint,
  });
}

function printedOutcome(code: string, text: string): Outcome {
  const body = text.trimEnd();
  return { text: body, data: code === "commander.version" ? { version: body } : { help: body } };
}

/** Whatever is thrown after a signal is the interruption, unless it already says what else went wrong. */
function failureOf(thrown: unknown, signal: AbortSignal): SwarmError {
  if (thrown instanceof SwarmError || !signal.aborted) return SwarmError.from(thrown);
  const { reason }: { readonly reason: unknown } = signal;
  return reason instanceof SwarmError
    ? reason
    : new SwarmError("cancelled", "Stopped before the work ended", { cause: thrown });
}

function metaOf(
  world: CliWorld,
  startedNs: bigint,
  globals: Globals,
  session: Session | null,
  outcome: Outcome | null,
): EnvelopeMeta {
  const label = session?.opened()?.label ?? outcome?.where;
  return {
    run_id: outcome?.runId ?? makeId("cli", world.random),
    duration_ms: Number((world.clock.monotonicNs() - startedNs) / 1000n) / 1000,
    target: label?.target ?? globals.target ?? null,
    isolation: label?.isolation ?? globals.isolation ?? null,
  };
}

function print(
  world: CliWorld,
  globals: Globals,
  meta: EnvelopeMeta,
  outcome: Outcome | null,
  failure: SwarmError | null,
): number {
  const colour = paint(world.stderr, world.env, globals.color);
  const silent = outcome?.silent === true;
  if (globals.json && !silent) {
    world.stdout.write(`${JSON.stringify(envelope(meta, outcome?.data, failure))}\n`);
  } else if (outcome !== null && outcome.text !== "") world.stdout.write(endingInNewline(outcome.text));
  if (outcome?.note !== undefined && !globals.json) world.stderr.write(endingInNewline(outcome.note));
  if (failure !== null) {
    world.stderr.write(`${colour.red("error")} ${redact(failure.message)}\n`);
    if (failure.hint !== undefined) world.stderr.write(`${colour.bold("hint")}  ${redact(failure.hint)}\n`);
  }
  if (world.signal.aborted && !silent) return stopExitCode(world.signal);
  return failure === null ? (outcome?.exitCode ?? 0) : failure.row.exitCode;
}

function endingInNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
