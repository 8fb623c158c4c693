// The completion script of bash, which needs no package besides. Readline splits words at `=` and `:`, so the script
// joins them in its head.
import type { TreeNode } from "./command-tree.ts";
import { pathCases, valueCases } from "./posix-cases.ts";

export function bashScript(tree: readonly TreeNode[]): string {
  return `# Completion of e2b-swarm for bash. Load it with: source <(e2b-swarm completion bash)
${pathCases(tree, (name) => name)}
${valueCases(tree)}
${walk}
complete -F _e2b_swarm e2b-swarm`;
}

const walk = `_e2b_swarm_valued() {
  local flag
  for flag in "\${valued[@]}"; do [[ $flag == "$1" ]] && return 0; done
  return 1
}
_e2b_swarm_offer() {
  local word
  for word in "$@"; do [[ $word == "$cur"* ]] && COMPREPLY+=("$word"); done
}
_e2b_swarm() {
  local IFS=$' \\t\\n' cur="\${COMP_WORDS[COMP_CWORD]}" path='' word option='' ended='' files='' i=1 position=0
  local -a commands flags valued choices
  COMPREPLY=()
  _e2b_swarm_at ''
  while ((i < COMP_CWORD)); do
    word="\${COMP_WORDS[i]}" option=''
    if [[ -n $ended ]]; then :
    elif [[ $word == -- ]]; then ended=yes
    elif [[ $word == [=:]* ]]; then i=$((i + 1))
    elif [[ $word == -* ]]; then
      if _e2b_swarm_valued "$word"; then
        option="$word" i=$((i + 1))
        if ((i < COMP_CWORD)) && [[ \${COMP_WORDS[i]} == = ]]; then i=$((i + 1)); fi
      fi
    elif ((position == 0)) && _e2b_swarm_at "$path\${path:+ }$word"; then path="$path\${path:+ }$word"
    else position=$((position + 1)); fi
    i=$((i + 1))
  done
  ((i > COMP_CWORD)) || option=''
  [[ $cur == = ]] && cur=''
  cur="\${cur#[\\"\\']}"
  if [[ -n $ended ]]; then files=yes
  elif [[ -n $option ]]; then _e2b_swarm_values "$path $option"; _e2b_swarm_offer "\${choices[@]}"
  elif [[ $cur == -* ]]; then _e2b_swarm_offer "\${flags[@]}"
  elif ((position == 0)) && ((\${#commands[@]} > 0)); then _e2b_swarm_offer "\${commands[@]}"
  else _e2b_swarm_values "$path $position"; _e2b_swarm_offer "\${choices[@]}"; fi
  [[ -n $files ]] && compopt -o default 2>/dev/null
  return 0
}`;
