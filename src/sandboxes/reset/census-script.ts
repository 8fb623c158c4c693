// The one shell program that a sandbox runs as root to show what is in it, and to become what it was. It ends every process
// that the baseline does not know, empties the places that its user may write, lays the baseline's files there again, and
// counts: processes, mounts, System V objects, POSIX queues, everything outside of those places by name, owner, mode, size, inode and both
// times, everything inside by content. Needs bash, GNU find, tar and coreutils; where one is missing nothing is proven.
import { quote } from "../quote.ts";

/** Where a sandbox's user may write. Emptied between leases. */
const scratch = ["/home", "/tmp", "/var/tmp", "/dev/shm"] as const;
/** Where the system itself writes while nobody does anything: there only what the user may own or write counts. */
const restless = ["/run", "/var/log", "/var/cache", "/var/lib/systemd", "/var/lib/dhcp"] as const;
const within = (places: readonly string[]): string => places.map((place) => `${place}|${place}/*`).join("|");
/** File systems that hold the kernel's own files. */
const kernels =
  "proc|sysfs|devpts|devtmpfs|cgroup|cgroup2|mqueue|securityfs|debugfs|tracefs|bpf|hugetlbfs|fusectl|configfs|pstore|autofs|binfmt_misc|rpc_pipefs|nsfs";
/** Rounds of stopping and killing before a sandbox counts as one that cannot be emptied. */
const killRounds = 60;
const graceRounds = 20;

export interface CensusRequest {
  readonly nonce: string;
  /** What a reset goes back to; null = only count, and pack the scratch places. */
  readonly baseline: { readonly processes: string; readonly pack: string } | null;
}

export function censusScript({ nonce, baseline }: CensusRequest): string {
  return `${prelude}
${baseline === null ? "" : `known=${quote(` ${baseline.processes} `)}\n${emptying}\nlay ${quote(baseline.pack)}\ncalm`}
echo ${quote(`${nonce} begin`)}
tell processes listed
tell rest digest rest
tell scratch digest inside
tell kernel digest kernel
${baseline === null ? "tell pack pack" : ""}
echo ${quote(`${nonce} end`)}`;
}

/** `others`: pid and start time of every process but kernel threads, the dead, and this shell with what it started. */
const prelude = `set -u -o pipefail
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
umask 022
places=(); for p in ${scratch.join(" ")}; do [ -d "$p" ] && places+=("$p"); done
# The status of \`echo "$(…)"\` would be echo's: what cannot be counted must end the census.
tell() { local told; told=$("\${@:2}") || { echo "its $1 cannot be counted" >&2; exit 9; }; printf '%s %s\\n' "$1" "$told"; }
digest() { "$1" | sha256sum | cut -c1-64; }
listed() { others | sort | tr '\\n' ' '; }
others() {
  local -A parent=() start=(); local f line pid rest
  for f in /proc/[0-9]*/stat; do
    line=; IFS= read -r -d '' line 2>/dev/null <"$f"; [ -n "$line" ] || continue
    pid=\${line%% *}; set -- \${line##*) }
    case $1 in Z|X|x) continue;; esac
    (( $7 & 0x200000 )) && continue
    parent[$pid]=$2; start[$pid]=\${20}
  done
  for pid in "\${!parent[@]}"; do
    rest=$pid; while [ "$rest" != $$ ] && [ -n "\${parent[$rest]:-}" ]; do rest=\${parent[$rest]}; done
    [ "$rest" = $$ ] || echo "$pid:\${start[$pid]}"
  done
}
writable() { while read -r _ at type how _; do case $type in ${kernels}) ;; *) case ,$how, in *,rw,*) echo "$at";; esac;; esac; done </proc/self/mounts; }
rest() {
  local at p; local -a prune=()
  while read -r _ p _; do [ "$p" = / ] || prune+=(-path "$p" -prune -o); done </proc/self/mounts
  for p in ${[...scratch, ...restless].join(" ")}; do prune+=(-path "$p" -prune -o); done
  while read -r at; do
    case $at in ${within(scratch)}) continue;; esac
    case $at in ${restless.join("|")}) continue;; ${restless.map((place) => `${place}/*`).join("|")}) loose "$at" || return 1; continue;; esac
    local -a own=(); local i
    for ((i = 0; i < \${#prune[@]}; i += 4)); do [ "\${prune[i+1]}" = "$at" ] || own+=("\${prune[@]:i:4}"); done
    find "$at" "\${own[@]}" -printf '%y %m %U %G %s %T@ %C@ %i %p %l\\0' || return 1
  done < <(writable)
  for p in ${restless.join(" ")}; do [ ! -d "$p" ] || loose "$p" || return 1; done
}
# What lies in a folder of the system's that is closed to everybody else is out of the user's reach: the agent's own pipes do.
loose() { find "$1" -ignore_readdir_race -xdev -type d -uid -1000 ! -perm /0011 -prune -o \\( -uid +999 -o -perm -0002 ! -type l \\) -printf '%y %m %U %G %p\\0'; }
# POSIX queues have no table as those of System V have: they are the files of a file system that somebody must have mounted.
queues() { local at type seen=; while read -r _ at type _; do [ "$type" != mqueue ] || { seen=yes; echo "$at"; }; done </proc/self/mounts; [ -n "$seen" ] || { [ -r /proc/filesystems ] && [[ $(</proc/filesystems) != *mqueue* ]]; }; }
kernel() {
  local at
  cat /proc/self/mounts || return 1
  for at in /proc/sysvipc/*; do [ ! -e "$at" ] || cat "$at" || return 1; done
  queues >/dev/null || return 1
  for at in $(queues); do find "$at" -mindepth 1 -printf '%m %U %G %p\\0' || return 1; done
}
inside() {
  find "\${places[@]}" -printf '%y %m %U %G %p %l\\0' | sort -z || return 1
  find "\${places[@]}" -type f -print0 | sort -z | xargs -0 -r sha256sum
}
pack() { tar -C / --numeric-owner --sort=name -cf - "\${places[@]#/}" 2>/dev/null | gzip -9n | base64 -w0; }`;

/** The agent's own programs run as root, for a moment: those get some time to end by themselves. */
const emptying = `foreign() { others | while read -r p; do case "$known" in *" $p "*) ;; *) echo "\${p%%:*}";; esac; done; }
doomed() { foreign | while read -r p; do [ $round -lt ${graceRounds} ] && [ -O "/proc/$p" ] || echo "$p"; done; }
quiet=0
for ((round = 0; round < ${killRounds} && quiet < 2; round++)); do
  left=$(doomed)
  if [ -n "$left" ]; then kill -STOP $left 2>/dev/null; kill -KILL $left 2>/dev/null; fi
  if [ -z "$(foreign)" ]; then quiet=$((quiet + 1)); else quiet=0; sleep 0.01; fi
done
[ $quiet -ge 2 ] || { echo "a process cannot be ended" >&2; exit 7; }
# System V objects are removed by who owns them: not every root may.
for owner in $(stat -c %u /home/* 2>/dev/null | sort -u) 0; do setpriv --reuid "$owner" --clear-groups ipcrm --all 2>/dev/null; done
for place in $(queues); do find "$place" -mindepth 1 -delete; done
lay() {
  find "\${places[@]}" -mindepth 1 -delete || { echo "a place cannot be emptied" >&2; exit 8; }
  base64 -d <<<"$1" | tar -C / --numeric-owner --same-permissions --same-owner -xzf - || exit 8
}
calm() { local i; for ((i = 0; i < ${graceRounds}; i++)); do [ -z "$(foreign)" ] && return; sleep 0.01; done; }`;
