// The completion script of fish: one `complete` line for each word, under a condition that says where on the line it may stand.
import { fishWord } from "../shell-lines.ts";
import { valueOffer, type TreeNode, type ValueOffer } from "./command-tree.ts";

export function fishScript(tree: readonly TreeNode[]): string {
  const paths = tree.flatMap(({ path, options }) => {
    const valued = options.filter(({ value }) => value !== null).flatMap(({ names }) => names);
    return [`    case ${single(path)}`, `      string join \\n -- ${valued.map(fishWord).join(" ")}`];
  });
  return `# Completion of e2b-swarm for fish. Load it with: e2b-swarm completion fish | source
function __e2b_swarm_valued
  switch "$argv[1]"
${paths.join("\n")}
    case '*'
      return 1
  end
end
${walk}
complete -c e2b-swarm -f
complete -c e2b-swarm -n '__e2b_swarm_at --' -F
${tree.flatMap(nodeLines).join("\n")}`;
}

function nodeLines({ path, commands, options, operands }: TreeNode): string[] {
  const anywhere = condition(`__e2b_swarm_at ${single(path)}`);
  const operand = (position: number): string => condition(`__e2b_swarm_at ${single(path)} ${position}`);
  return [
    ...commands.map(({ name, text }) => line([operand(0), `-a ${fishWord(name)}`, `-d ${fishWord(text)}`])),
    ...options.map((option) => {
      const names = option.names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
      const value = option.value === null ? [] : valueWords(valueOffer(option));
      return line([anywhere, ...names, ...value, `-d ${fishWord(option.text)}`]);
    }),
    ...operands.flatMap((offer, position) => {
      if (offer.files) return [line([operand(position), "-F"])];
      return offer.words.length === 0 ? [] : [line([operand(position), `-a ${fishWord(offer.words.join(" "))}`])];
    }),
  ];
}

function valueWords({ words, files }: ValueOffer): string[] {
  if (files) return ["-r -F"];
  return words.length === 0 ? ["-x"] : [`-x -a ${fishWord(words.join(" "))}`];
}

function condition(test: string): string {
  return `-n ${fishWord(test)}`;
}

function line(parts: readonly string[]): string {
  return `complete -c e2b-swarm ${parts.join(" ")}`;
}

function single(text: string): string {
  return `'${text}'`;
}

/** `__e2b_swarm_at PATH [POSITION]`: is this the place on the line? The place `--` is anywhere after that word. */
const walk = String.raw`function __e2b_swarm_at
  set -l words (commandline -opc)
  set -l path ''
  set -l position 0
  set -l skip no
  for word in $words[2..-1]
    if test $skip = yes
      set skip no
    else if test "$word" = --
      test "$argv[1]" = --
      return
    else if string match -q -- '-*' "$word"
      contains -- "$word" (__e2b_swarm_valued "$path"); and set skip yes
    else
      set -l next (string trim -- "$path $word")
      if test $position -eq 0; and __e2b_swarm_valued "$next" >/dev/null
        set path "$next"
      else
        set position (math $position + 1)
      end
    end
  end
  test "$path" = "$argv[1]"; or return 1
  test (count $argv) -eq 1; or test $position = "$argv[2]"
end`;
