// The completion script of zsh, with descriptions. It can be sourced, or stand as `_e2b-swarm` in a folder of fpath.
import type { TreeNode } from "./command-tree.ts";
import { pathCases, valueCases } from "./posix-cases.ts";

export function zshScript(tree: readonly TreeNode[]): string {
  return `#compdef e2b-swarm
# Completion of e2b-swarm for zsh. Load it after compinit with: source <(e2b-swarm completion zsh)
${pathCases(tree, (name, text) => `${name}:${text}`)}
${valueCases(tree)}
${walk}
if [[ $funcstack[1] == _e2b-swarm ]]; then _e2b_swarm "$@"; else compdef _e2b_swarm e2b-swarm; fi`;
}

const walk = `_e2b_swarm() {
  local path_='' word option='' ended='' files='' cur="\${(Q)words[CURRENT]}"
  integer i=2 position=0
  local -a commands flags valued choices
  _e2b_swarm_at ''
  while ((i < CURRENT)); do
    word="\${(Q)words[i]}" option=''
    if [[ -n $ended ]]; then :
    elif [[ $word == -- ]]; then ended=yes
    elif [[ $word == -* ]]; then
      if ((\${valued[(Ie)$word]})); then option="$word"; ((i += 1)); fi
    elif ((position == 0)) && _e2b_swarm_at "$path_\${path_:+ }$word"; then path_="$path_\${path_:+ }$word"
    else ((position += 1)); fi
    ((i += 1))
  done
  ((i > CURRENT)) || option=''
  if [[ -z $ended && -z $option && $cur == --*=* ]]; then option="\${cur%%=*}"; compset -P '*='; fi
  if [[ -n $ended ]]; then files=yes
  elif [[ -n $option ]]; then _e2b_swarm_values "$path_ $option"
  elif [[ $cur == -* ]]; then _describe -o option flags && return 0
  elif ((position == 0)) && ((\${#commands} > 0)); then _describe command commands && return 0
  else _e2b_swarm_values "$path_ $position"; fi
  ((\${#choices} > 0)) && compadd -a choices && return 0
  [[ -n $files ]] && _files && return 0
  return 1
}`;
