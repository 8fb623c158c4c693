// `completion`: prints a script that completes words of the command line in a shell. The script is static: nothing of ours runs, and
// no id is looked up, while a person presses Tab.
import type { CommandSpec } from "../command-spec.ts";
import { bashScript } from "../completion/bash-script.ts";
import { commandTree, type TreeNode } from "../completion/command-tree.ts";
import { fishScript } from "../completion/fish-script.ts";
import { zshScript } from "../completion/zsh-script.ts";

const scripts: Readonly<Record<string, (tree: readonly TreeNode[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `all` names every command, this one too, when the script is asked for. */
export function completionCommand(all: () => readonly CommandSpec[]): CommandSpec {
  return {
    name: "completion",
    group: "Shell",
    summary: "Print a script that completes commands, options and their choices",
    operands: [{ syntax: "<shell>", key: "shell", text: "which shell", choices: Object.keys(scripts) }],
    options: [],
    examples: [
      "source <(e2b-swarm completion bash)",
      "source <(e2b-swarm completion zsh)",
      "e2b-swarm completion fish | source",
    ],
    async run(values) {
      const shell = String(values.shell);
      const script = scripts[shell]?.(commandTree(all())) ?? "";
      return { data: { shell, script }, text: script };
    },
  };
}
