// COPY: the uploaded archive goes into the cell as bytes and is unpacked there, as nobody the host knows. A hostile archive
// can do to its own cell what any command of its template could do, and nothing to the host.
import { createReadStream } from "node:fs";
import { request as httpRequest } from "node:http";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { limits } from "../limits.ts";
import type { BuildStep } from "./parse-build.ts";
import { asHelper, expand, failed, type StepOutcome, type StepRun } from "./step-run.ts";

const workFolder = "/tmp/.e2b-copy";
const archiveInside = `${workFolder}/files.tar`;

/**
 * A file or link goes to the target, or into it where it ends with a slash or is a folder; a folder's content is merged into
 * the target. Folders made on the way belong to the owner of the copy.
 */
const placeFiles = `
set -o pipefail
source=$1; target=$2; owner=$3; mode=$4; workdir=$5; work=$6
unpack=$work/unpack
fail() { echo "$1" >&2; rm -rf -- "$work"; exit 1; }
make() {
  [ -d "$1" ] && return 0
  top=$1; parent=$(dirname -- "$1")
  while [ ! -e "$parent" ]; do top=$parent; parent=$(dirname -- "$parent"); done
  mkdir -p -- "$1" && chown -R -- "$owner" "$top"
}
[ -n "$workdir" ] || workdir=$(getent passwd -- "\${owner%%:*}" | cut -d: -f6)
[ -n "$workdir" ] || fail "user '\${owner%%:*}' has no home"
case $target in /*) ;; *) target=$workdir/$target;; esac
mkdir -p -- "$unpack" && tar -xf "$work/files.tar" -C "$unpack" --no-same-owner || fail "the archive cannot be unpacked"
entry=$unpack/$source
if [ -L "$entry" ] || [ -f "$entry" ]; then
  chown -h -- "$owner" "$entry" || fail "owner '$owner' cannot be given"
  if [ -n "$mode" ] && [ ! -L "$entry" ]; then chmod -- "$mode" "$entry" || fail "mode '$mode' cannot be given"; fi
  case $target in */) make "$target";; *) make "$(dirname -- "$target")";; esac || fail "cannot make the folder of $target"
  mv -f -- "$entry" "$target" || fail "cannot place $target"
elif [ -d "$entry" ]; then
  chown -hR -- "$owner" "$entry" || fail "owner '$owner' cannot be given"
  if [ -n "$mode" ]; then chmod -R -- "$mode" "$entry" || fail "mode '$mode' cannot be given"; fi
  make "$target" || fail "cannot make $target"
  tar -C "$entry" -cf - . | tar -C "$target" -xpf - --keep-directory-symlink --no-overwrite-dir || fail "cannot fill $target"
else
  fail "source path does not exist: $source"
fi
chmod -R u+rwx -- "$work" 2>/dev/null
rm -rf -- "$work"`;

export async function copyStep({ type, args, filesHash }: BuildStep, run: StepRun): Promise<StepOutcome> {
  const [source, target, owner, mode = ""] = args;
  if (source === undefined || target === undefined || target === "")
    return failed(`${type} requires a local path and a container path argument`);
  if (filesHash === null) return failed(`${type} requires files hash to be set`);
  if (mode !== "" && !/^[0-7]{1,4}$/.test(mode)) return failed(`${type}: '${mode}' is not an octal mode`);
  const inside = sourceInside(source);
  if (inside === null) return failed(`${type}: the path '${source}' leaves the context folder`);
  const archive = run.files.path(filesHash);
  if (archive === null) return failed(`${type}: the files of '${source}' were not uploaded`);
  const place = await expand(run, run.context, target);
  if (place === null) return failed(`failed to evaluate the path ${target}`);
  const problem = await bringIn(archive, run);
  if (problem !== null) return failed(`failed to copy '${source}': ${problem}`);
  const { user, workdir } = run.context;
  const placed = await asHelper(run, {
    command: placeFiles,
    args: [inside, place, fullOwner(owner, user), mode, workdir ?? "", workFolder],
  });
  return placed === null
    ? { kind: "done", context: run.context }
    : failed(`failed to copy '${source}' to '${target}': ${placed}`);
}

/** The client has matched the pattern already; what stands before it is the folder whose content is meant. */
function sourceInside(source: string): string | null {
  const parts = posix.normalize(source).split("/");
  const pattern = parts.findIndex((part) => /[*?[\]{}]/.test(part));
  const path = posix.normalize((pattern === -1 ? parts : parts.slice(0, pattern)).join("/") || ".");
  return path.startsWith("/") || path === ".." || path.startsWith("../") ? null : path;
}

function fullOwner(asked: string | undefined, user: string): string {
  if (asked === undefined || asked === "") return `${user}:${user}`;
  return asked.includes(":") ? asked : `${asked}:${asked}`;
}

/** Streams the archive to the agent. Null when it arrived. */
async function bringIn(archive: string, run: StepRun): Promise<string | null> {
  const user = run.ids === "multi" ? "root" : "user";
  const query = new URLSearchParams({ path: archiveInside, username: user });
  const outgoing = httpRequest({
    socketPath: run.cell.socketPath,
    method: "POST",
    path: `/files?${query.toString()}`,
    agent: false,
    maxHeaderSize: limits.headerBytes,
    timeout: limits.uploadStallMs,
    headers: { "content-type": "application/octet-stream" },
  });
  const answered = new Promise<string | null>((resolve) => {
    outgoing.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? null : `the sandbox answered ${response.statusCode} to its files`);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("the sandbox takes no more bytes")));
    outgoing.on("error", (cause) => resolve(cause.message));
  });
  await pipeline(createReadStream(archive), outgoing).catch(() => undefined);
  return answered;
}
