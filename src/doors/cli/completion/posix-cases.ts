// The tables of the bash and zsh scripts: two functions of `case` branches that fill arrays. Both shells read the same text but for
// the descriptions, which only zsh shows.
import { shWord } from "../shell-lines.ts";
import { valueOffer, type TreeNode, type ValueOffer } from "./command-tree.ts";

type Labelled = (name: string, text: string) => string;

/** `_e2b_swarm_at <path>` sets commands, flags and valued (the flags that take a value); fails for a path that is none. */
export function pathCases(tree: readonly TreeNode[], label: Labelled): string {
  const branches = tree.map(({ path, commands, options }) => {
    const flags = options.flatMap(({ names, text }) => names.map((name) => label(name, text)));
    const valued = options.filter(({ value }) => value !== null).flatMap(({ names }) => names);
    return [
      `    ${quoted(path)})`,
      `      commands=${words(commands.map(({ name, text }) => label(name, text)))}`,
      `      flags=${words(flags)}`,
      `      valued=${words(valued)} ;;`,
    ].join("\n");
  });
  return ["_e2b_swarm_at() {", '  case "$1" in', ...branches, "    *) return 1 ;;", "  esac", "}"].join("\n");
}

/** `_e2b_swarm_values "<path> <flag or position>"` sets choices and files. */
export function valueCases(tree: readonly TreeNode[]): string {
  const branches = tree.flatMap(({ path, options, operands }) => [
    ...options.flatMap((option) =>
      valueBranch(
        option.names.map((name) => `${path} ${name}`),
        valueOffer(option),
      ),
    ),
    ...operands.flatMap((offer, index) => valueBranch([`${path} ${index}`], offer)),
  ]);
  return [
    "_e2b_swarm_values() {",
    "  choices=() files=''",
    '  case "$1" in',
    ...branches,
    "    *) return 1 ;;",
    "  esac",
    "}",
  ].join("\n");
}

function valueBranch(patterns: readonly string[], offer: ValueOffer): string[] {
  if (offer.words.length === 0 && !offer.files) return [];
  const found = offer.files ? "files=yes" : `choices=${words(offer.words)}`;
  return [`    ${patterns.map(quoted).join("|")}) ${found} ;;`];
}

function words(list: readonly string[]): string {
  return `(${list.map(shWord).join(" ")})`;
}

/** A pattern of `case` is quoted even when it is a plain word: an empty one must not vanish. */
function quoted(text: string): string {
  return `'${text}'`;
}
