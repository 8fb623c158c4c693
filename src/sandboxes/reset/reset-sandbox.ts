// A sandbox between two leases: emptied, then proven clean by a census that must equal the one from before its first lease. What
// cannot be proven is an error, and whoever asked ends the sandbox. The proof holds against everything a lease left behind;
// against a program that was root in there and lies about it only a fresh sandbox helps (decision 0051).
import { createHash } from "node:crypto";
import { makeId } from "../../host/ids.ts";
import { requestTimeoutMs, resetTimeoutMs } from "../limits.ts";
import type { Reach } from "../reach.ts";
import { censusParts, isWithin, maxPackBytes, parseCensus, unclean, type Baseline, type Census } from "./baseline.ts";
import { censusScript, type CensusRequest } from "./census-script.ts";

/** The baseline of a sandbox that nobody has used. Throws `sandbox.unclean` where it cannot be told, as without a root. */
export async function takeBaseline(reach: Reach, sandboxId: string): Promise<Baseline> {
  const { processes, pack, ...digests } = await census(reach, sandboxId, null);
  if (pack === null || pack.length > maxPackBytes) throw unclean("its own files are too many to be kept");
  return { processes, pack, parts: { ...digests, environment: await environment(reach, sandboxId) } };
}

/** Brings a sandbox back to its baseline. Throws `sandbox.unclean` naming the part that differs. */
export async function resetSandbox(reach: Reach, sandboxId: string, baseline: Baseline): Promise<void> {
  const { processes, pack: _, ...digests } = await census(reach, sandboxId, baseline);
  if (!isWithin(processes, baseline.processes)) throw unclean("a process of the lease before runs on");
  const parts = { ...digests, environment: await environment(reach, sandboxId) };
  const changed = censusParts.find((part) => parts[part] !== baseline.parts[part]);
  if (changed !== undefined) throw unclean(sentences[changed]);
}

const sentences = {
  rest: "files changed that only root may change",
  scratch: "its user's files are not what they were",
  kernel: "a mount, a System V object or a message queue was left",
  environment: "a login shell does not see the variables it saw",
} as const;

async function census(reach: Reach, sandboxId: string, baseline: CensusRequest["baseline"]): Promise<Census> {
  const nonce = makeId("census", reach.random);
  const doing = { what: `count what is in ${sandboxId}`, about: "command", withinMs: resetTimeoutMs } as const;
  return reach.use(sandboxId, doing, async ({ sdk, sandbox }) => {
    try {
      const options = { user: "root", timeoutMs: resetTimeoutMs, requestTimeoutMs } as const;
      const { stdout } = await sandbox.commands.run(censusScript({ nonce, baseline }), options);
      return parseCensus(stdout, nonce);
    } catch (thrown) {
      if (thrown instanceof sdk.CommandExitError) throw unclean(reasonOf(thrown.stderr, thrown.exitCode), thrown);
      if (thrown instanceof sdk.AuthenticationError || thrown instanceof sdk.InvalidArgumentError) {
        throw unclean("there is no root in it to count for us", thrown);
      }
      throw thrown;
    }
  });
}

function reasonOf(stderr: string, exitCode: number): string {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return said === "" ? `its census ended with exit code ${exitCode}` : said.slice(0, 200);
}

/** The digest of what a login shell of the sandbox's user sees; asked after the census, when no file of a lease is left. */
async function environment(reach: Reach, sandboxId: string): Promise<string> {
  const doing = { what: `read the environment of ${sandboxId}`, about: "command", withinMs: resetTimeoutMs } as const;
  return reach.use(sandboxId, doing, async ({ sandbox }) => {
    const { stdout } = await sandbox.commands.run("env | LC_ALL=C sort; umask; pwd", {
      timeoutMs: resetTimeoutMs,
      requestTimeoutMs,
    });
    return createHash("sha256").update(stdout).digest("hex");
  });
}
