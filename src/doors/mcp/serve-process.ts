// MCP on the streams, or a port, of this process: the front runs here, the work in a worker that is started again when it dies.
import { workingFolder } from "../../backend/settings.ts";
import type { BackendOptions } from "../../backend/backend.ts";
import { realClock } from "../../host/clock.ts";
import { realEnv } from "../../host/env.ts";
import { jsonLog } from "../../host/log.ts";
import { systemRandom } from "../../host/random.ts";
import type { HttpAddress } from "./front/http-front.ts";
import { serveStdioFront } from "./front/stdio-front.ts";
import { startWorker } from "./front/worker-process.ts";
import { mcpFolder } from "./mcp-folder.ts";

/** What the command line says about HTTP; the token of the environment is added here. */
export type HttpAsked = Omit<HttpAddress, "tokens"> & { readonly tokensFile?: string };

/** Resolves with the exit code. Without `http` the streams are the connection. */
export async function serveProcess(
  options: BackendOptions,
  signal: AbortSignal,
  http: HttpAsked | null,
): Promise<number> {
  const log = jsonLog(realClock, (line) => void process.stderr.write(line), "warn");
  // The worker lives in the same folder, whatever the environment of its start says.
  const folder = workingFolder(options, realEnv, process.cwd());
  const settled: BackendOptions = { ...options, folder };
  const world = { log, clock: realClock, signal };
  if (http === null) {
    const start = () => startWorker({ mode: "stdio", options: settled }, realClock);
    return serveStdioFront({ ...world, stdin: process.stdin, stdout: process.stdout, start });
  }
  const { serveHttpFront } = await import("./front/http-front.ts");
  const { openSessionStore } = await import("./http/session-store.ts");
  // Said once and here, before a worker fails over it again and again.
  openSessionStore(mcpFolder(folder), realClock, systemRandom);
  const { tokensFile: file, ...address } = http;
  const tokens = { file, token: realEnv.E2B_SWARM_MCP_TOKEN };
  return serveHttpFront(
    { ...address, tokens },
    {
      ...world,
      start: (socket) => startWorker({ mode: "http", options: settled, socket }, realClock),
      listening: (url) =>
        void process.stderr.write(
          `Serving MCP at ${url}${file === undefined && (tokens.token ?? "") === "" ? "" : " with access tokens"}\n`,
        ),
    },
  );
}
