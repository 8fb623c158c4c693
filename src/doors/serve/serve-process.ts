// `e2b-swarm serve` as a process: the server over this folder's record until a signal comes. Nothing is left but the audit log.
import { workingFolder } from "../../backend/settings.ts";
import type { BackendOptions } from "../../backend/backend.ts";
import { openBackend } from "../../backend/compose.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { realClock } from "../../host/clock.ts";
import { realEnv } from "../../host/env.ts";
import { jsonLog } from "../../host/log.ts";
import { systemRandom } from "../../host/random.ts";
import { openAccessTokens } from "../mcp/http/access-tokens.ts";
import { stopExitCode } from "../stop-signal.ts";
import { openAudit, verifyAudit, type AuditVerdict } from "./audit.ts";
import { openServe, type ServeOptions } from "./server.ts";

/** What the command line says. */
export type ServeAsked = Omit<ServeOptions, "tokens"> & { readonly tokensFile?: string };

/** Resolves with 130 or 143 after a signal. Throws `server.*`, `usage.invalid`, `state.*`. */
export async function serveProcess(options: BackendOptions, signal: AbortSignal, asked: ServeAsked): Promise<number> {
  const log = jsonLog(realClock, (line) => void process.stderr.write(line), "warn");
  const { tokensFile: file, ...address } = asked;
  const tokens = openAccessTokens({ file, token: realEnv.E2B_SWARM_MCP_TOKEN }, realClock);
  const folder = workingFolder(options, realEnv, process.cwd());
  const backend = await openBackend({ ...options, folder });
  try {
    const observatory = await backend.observe();
    const audit = openAudit(folder, realClock);
    const world = { backend, observatory, audit, clock: realClock, random: systemRandom, log };
    const server = await openServe({ ...address, tokens }, world);
    process.stderr.write(`Serving at ${server.origin}/${tokens === null ? "" : " with access tokens"}\n`);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await server.close();
    return stopExitCode(signal);
  } finally {
    await backend.close();
  }
}

/** Follows the audit log of the folder. Throws `evidence.mismatch` when it does not hold. */
export function auditOf(options: BackendOptions): AuditVerdict {
  const verdict = verifyAudit(workingFolder(options, realEnv, process.cwd()));
  if (verdict.holds) return verdict;
  throw new SwarmError("evidence.mismatch", `Cannot rely on the audit log: ${verdict.problem ?? ""}`, {
    hint: "Compare it with a copy that was kept elsewhere",
    details: { lines: verdict.lines },
  });
}
