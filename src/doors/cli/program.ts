// Builds the commander program from the command specs. Commander parses and prints help; it never runs anything: the chosen
// command and its values come back as data.
import { Argument, Command, Option } from "commander";
import { jsonSchema } from "../../contracts/parse.ts";
import { propertyOf } from "../wire-names.ts";
import type { CommandSpec, OptionSpec } from "./command-spec.ts";
import { exitCodeHelp, environmentHelp } from "./help-texts.ts";

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

export function buildProgram(specs: readonly CommandSpec[], version: string, output: ProgramOutput): Command {
  // exitOverride and output settings are copied into subcommands when those are created, so they come first.
  const program = new Command("e2b-swarm")
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.out(text), writeErr: (text) => output.err(text) })
    .configureHelp({ showGlobalOptions: true })
    .description("A swarm of trading agents in E2B sandboxes, with a local server and measured evidence")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .option("-j, --json", "print exactly one JSON document on stdout")
    .option("-y, --yes", "confirm destructive commands")
    .option("--no-input", "never ask a question")
    .option("--no-color", "print without colour")
    .addOption(
      new Option("--target <where>", "local server or E2B cloud (default: see Environment)").choices([
        "local",
        "cloud",
      ]),
    )
    .addOption(
      new Option("--isolation <kind>", "how local sandboxes are isolated (default: bwrap)").choices([
        "bwrap",
        "gvisor",
        "none",
      ]),
    )
    .addHelpText("after", `\n${environmentHelp}\n\n${exitCodeHelp}`);
  for (const spec of specs) addCommand(program, spec, output);
  return program;
}

const families: Readonly<Record<string, string>> = {
  swarm: "Live swarms, which go on working after the command that started them",
};

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
  const option = new Option(row.flags, optionText(spec, row));
  if (row.read !== undefined) option.argParser(row.read);
  if (row.mandatory === true) option.makeOptionMandatory();
  command.addOption(option);
  return option.attributeName();
}

/** Text, choices and default come from the operation's schema, so that help cannot drift from what is accepted. */
function optionText(spec: CommandSpec, row: OptionSpec): string {
  const schema = spec.schema === undefined ? undefined : propertyOf(jsonSchema(spec.schema), row.key);
  const text = row.text ?? (typeof schema?.description === "string" ? schema.description : row.key);
  const choices = Array.isArray(schema?.enum) ? `: ${schema.enum.join(", ")}` : "";
  const negated = row.flags.startsWith("--no-");
  const preset: unknown = negated || schema?.default === false ? undefined : schema?.default;
  const fallback = typeof preset === "string" || typeof preset === "number" ? ` (default: ${preset})` : "";
  return `${text}${choices}${fallback}`;
}

function flagNames(spec: CommandSpec): Record<string, string> {
  const long = spec.options.map(({ flags, key }) => [key, /--[\w-]+/.exec(flags)?.[0] ?? key]);
  return Object.fromEntries([...spec.operands.map(({ syntax, key }) => [key, syntax]), ...long]);
}
