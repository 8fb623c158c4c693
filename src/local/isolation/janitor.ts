// Sweeps one run folder the moment its server dies, whatever killed it. A waiting shell holds the other end of a pipe: the
// kernel closes the server's end for it, so neither a signal nor a crash can skip this. The shell becomes Node only then, so
// waiting costs a few hundred kilobytes.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { packageFolder } from "../../host/package-folder.ts";

const program = "dist/src/local/isolation/janitor-main.js";
/** `read` fails at the end of the pipe and succeeds on the line that dismisses the janitor. */
const wait = 'read -r dismissed || exec "$@"';

export interface Janitor {
  /** The server has cleaned up itself; resolves when the shell is gone. */
  dismiss(): Promise<void>;
}

export function hireJanitor(runFolder: string): Janitor {
  const main = packageFolder(program);
  if (!existsSync(main)) {
    throw new SwarmError("local.start", `Cannot start the local server: ${program} does not exist`, {
      hint: "Run npm run build",
    });
  }
  // A session of its own: what ends the server's process group must not end the janitor too.
  const shell = spawn("sh", ["-c", wait, "janitor", process.execPath, main, runFolder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
  });
  const gone = new Promise<void>((resolve) => {
    shell.once("exit", () => resolve());
    shell.once("error", () => resolve());
  });
  shell.stdin.on("error", () => undefined);
  shell.unref();
  return {
    dismiss: async () => {
      shell.ref();
      shell.stdin.end("dismissed\n");
      await gone;
    },
  };
}
