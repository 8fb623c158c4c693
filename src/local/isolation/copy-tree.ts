// Copies a sandbox's root tree: owners, modes, times, links, attributes and holes; links are copied, never followed.
// Reflinks where the file system has them. The tree must be still meanwhile.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { invariant } from "../../contracts/invariant.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import { removeFolder } from "./remove-folder.ts";

export interface TreeCopy {
  readonly from: string;
  /** Must not exist yet. */
  readonly to: string;
  /** `single`: files the sandbox closed to its own id are still read, through a user namespace of the copy alone. */
  readonly ids: "multi" | "single" | "plain";
}

const keptBytes = 2000;
const copyProgram = ["cp", "-a", "--reflink=auto", "-T", "--"] as const;
const rights = ["CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_CHOWN"].flatMap((name) => ["--cap-add", name]);
const asRoot = ["--unshare-user", "--uid", "0", "--gid", "0", ...rights];
/** Before a program that must read whatever an ordinary user's cell closed to its own id. */
export const ownNamespace = ["bwrap", "--dev-bind", "/", "/", ...asRoot, "--die-with-parent"] as const;

/** Throws `local.disk-full` or `sandbox.create-failed`; nothing stays at `to` then. */
export async function copyTree(copy: TreeCopy, clock: Clock): Promise<void> {
  invariant(!existsSync(copy.to), "a copy never adds to what is there");
  const said = await run([...(copy.ids === "single" ? ownNamespace : []), ...copyProgram, copy.from, copy.to], clock);
  if (said === null) return;
  await removeFolder(copy.to);
  if (/no space left|quota exceeded/i.test(said)) {
    throw new SwarmError("local.disk-full", "Cannot copy a sandbox's files: no space is left in the temporary folder", {
      hint: "Free space there, or set TMPDIR to a larger disk",
    });
  }
  throw new SwarmError("sandbox.create-failed", `Cannot copy a sandbox's files: ${said.slice(0, 300)}`);
}

/** Null when it worked, else what it said. */
async function run(command: readonly string[], clock: Clock): Promise<string | null> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    let said = "";
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
    const stop = clock.after(limits.copyMs, () => {
      said = `it took longer than ${limits.copyMs} ms`;
      child.kill("SIGKILL");
    });
    const settle = (result: string | null): void => {
      stop();
      resolve(result);
    };
    child.stderr.on("data", (chunk: Buffer) => {
      if (said.length < keptBytes) said += chunk.toString("utf8");
    });
    child.once("error", (cause) => settle(cause.message));
    child.once("close", (code) => settle(code === 0 ? null : said.trim() || `cp ended with exit code ${code}`));
  });
}
