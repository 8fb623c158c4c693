// Builds the commander program from the command specs. Commander parses and prints help; it never runs anything: the chosen
// command and its values come back as data.
import { Argument, Command, Option } from "commander";
import type { CommandSpec, OptionSpec } from "./command-spec.ts";
import { families, globalOptions, helpOption, versionOption } from "./global-options.ts";
import { exitCodeHelp, environmentHelp } from "./help-texts.ts";
import { optionFace, type OptionFace } from "./option-face.ts";

export interface Choice {
  readonly spec: CommandSpec;
  readonly values: Readonly<Record<string, unknown>>;
  /** Field -> flag as typed by people, for error sentences. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface ProgramOutput {
  out(text: string): void;
  err(text: string): void;
  /** Called when a command was named and its words were understood. */
  chosen(choice: Choice): void;
}

/** `words`: the command line; only a command that it may name gets its options, because reading them all takes time. */
export function buildProgram(
  specs: readonly CommandSpec[],
  version: string,
  output: ProgramOutput,
  words: readonly string[],
): Command {
  // exitOverride and output settings are copied into subcommands when those are created, so they come first.
  const program = new Command("e2b-swarm")
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) })
    .configureHelp({ showGlobalOptions: true })
    .description("A swarm of trading agents in E2B sandboxes, with a local server and measured evidence")
    .version(version, versionOption.flags, versionOption.text)
    .helpOption(helpOption.flags, helpOption.text);
  for (const { flags, text, choices } of globalOptions) {
    const option = new Option(flags, text);
    program.addOption(choices.length === 0 ? option : option.choices([...choices]));
  }
  program.addHelpText("after", `\n${environmentHelp}\n\n${exitCodeHelp}`);
  for (const spec of specs) {
    if (spec.name.split(" ").every((word) => words.includes(word))) addCommand(program, spec, output);
    else addName(program, spec);
  }
  return program;
}

/** As much of a command as lists of commands show. */
function addName(program: Command, spec: CommandSpec): void {
  const command = commandOf(program, spec).description(spec.summary);
  for (const { syntax } of spec.operands) command.addArgument(new Argument(syntax));
  const [first] = spec.options;
  if (first !== undefined) command.addOption(new Option(first.flags));
}

function addCommand(program: Command, spec: CommandSpec, output: ProgramOutput): void {
  const command = commandOf(program, spec).description(spec.summary);
  for (const operand of spec.operands) {
    const argument = new Argument(operand.syntax, operand.text);
    command.addArgument(operand.choices === undefined ? argument : argument.choices([...operand.choices]));
  }
  const attributes = spec.options.map((option) => ({ option, name: addOption(command, spec, option) }));
  if (spec.examples.length > 0) {
    command.addHelpText("after", `\nExamples:\n${spec.examples.map((line) => `  ${line}`).join("\n")}`);
  }
  command.action((...received: unknown[]) => {
    const values: Record<string, unknown> = {};
    for (const [index, operand] of spec.operands.entries()) {
      if (received[index] !== undefined) values[operand.key] = received[index];
    }
    const given: Readonly<Record<string, unknown>> = command.opts();
    for (const { option, name } of attributes) {
      // A negated flag is `true` for commander when nobody typed it; defaults are the schema's business.
      if (command.getOptionValueSource(name) === "cli") values[option.key] = given[name];
    }
    output.chosen({ spec, values, flags: flagNames(spec) });
  });
}

/** `swarm init` is the command `init` of the family `swarm`. */
function commandOf(program: Command, { name, group }: CommandSpec): Command {
  const [word = "", action] = name.split(" ");
  if (action === undefined) return program.command(word).helpGroup(`${group}:`);
  const known = program.commands.find((command) => command.name() === word);
  const family =
    known ??
    program
      .command(word)
      .description(families[word] ?? "")
      .helpGroup(`${group}:`);
  return family.command(action);
}

function addOption(command: Command, spec: CommandSpec, row: OptionSpec): string {
  const option = new Option(row.flags, optionText(optionFace(spec, row)));
  if (row.read !== undefined) option.argParser(row.read);
  if (row.mandatory === true) option.makeOptionMandatory();
  command.addOption(option);
  return option.attributeName();
}

function optionText(face: OptionFace): string {
  const choices = face.choices.length === 0 ? "" : `: ${face.choices.join(", ")}`;
  return `${face.text}${choices}${face.preset === null ? "" : ` (default: ${face.preset})`}`;
}

function flagNames(spec: CommandSpec): Record<string, string> {
  const long = spec.options.map(({ flags, key }) => [key, /--[\w-]+/.exec(flags)?.[0] ?? key]);
  return Object.fromEntries([...spec.operands.map(({ syntax, key }) => [key, syntax]), ...long]);
}
