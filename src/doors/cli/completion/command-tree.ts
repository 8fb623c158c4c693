// What may stand at each place of a command line, from the command specs: the one source of the three completion scripts.
import type { CommandSpec, OperandSpec } from "../command-spec.ts";
import { families, globalOptions, helpOption, versionOption } from "../global-options.ts";
import { optionFace, type OptionFace } from "../option-face.ts";

interface NamedWord {
  readonly name: string;
  readonly text: string;
}

/** What a value may be: one of some words, or a file. */
export interface ValueOffer {
  readonly words: readonly string[];
  readonly files: boolean;
}

export interface TreeNode {
  /** The words before: empty for the program itself, `list`, `swarm`, `swarm init`. */
  readonly path: string;
  readonly commands: readonly NamedWord[];
  readonly options: readonly OptionFace[];
  readonly operands: readonly ValueOffer[];
}

/** The program first, then families and commands in the order of the help page, then `help`. */
export function commandTree(specs: readonly CommandSpec[]): readonly TreeNode[] {
  const firsts = [...new Set(specs.map(({ name }) => name.split(" ")[0] ?? ""))];
  const roots = firsts.map((name): NamedWord => ({ name, text: families[name] ?? summaryOf(specs, name) }));
  const always = [...globalOptions, helpOption];
  const empty = { commands: [], operands: [], options: always };
  return [
    {
      ...empty,
      path: "",
      commands: [...roots, { name: "help", text: "print help of a command" }],
      options: [...always, versionOption],
    },
    ...firsts.filter((name) => name in families).map((path) => ({ ...empty, path, commands: actionsOf(specs, path) })),
    ...specs.map((spec) => ({
      path: spec.name,
      commands: [],
      options: [...spec.options.map((row) => optionFace(spec, row)), ...always],
      operands: spec.operands.map(operandOffer),
    })),
    { ...empty, path: "help", operands: [{ words: firsts, files: false }] },
  ];
}

export function valueOffer({ items, value }: OptionFace): ValueOffer {
  return { words: items, files: items.length === 0 && isFile(value ?? "") };
}

function operandOffer({ choices = [], syntax }: OperandSpec): ValueOffer {
  return { words: choices, files: isFile(syntax) };
}

function isFile(syntax: string): boolean {
  return /file|folder/.test(syntax);
}

function summaryOf(specs: readonly CommandSpec[], name: string): string {
  return specs.find((spec) => spec.name === name)?.summary ?? "";
}

function actionsOf(specs: readonly CommandSpec[], family: string): NamedWord[] {
  return specs
    .filter(({ name }) => name.startsWith(`${family} `))
    .map(({ name, summary }) => ({ name: name.slice(family.length + 1), text: summary }));
}
