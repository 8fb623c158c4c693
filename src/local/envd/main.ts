// The agent: envd's protocol, spoken from inside the sandbox over a Unix socket. Bundled to one dependency-free file.
// It reads one configuration line on stdin, says `ready` on stdout, and from then on only answers requests.
import { createServer } from "node:http";
import { cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import { realClock } from "../../host/clock.ts";
import { systemRandom } from "../../host/random.ts";
import { readyLine, type AgentConfig } from "../isolation/launch.ts";
import { limits } from "../limits.ts";
import type { Agent, SandboxSize } from "./agent.ts";
import { sendProblem } from "./http-answer.ts";
import { endWithChildren } from "./end-with-children.ts";
import { createInotify } from "./filesystem/inotify.ts";
import { createKernelDoor } from "./kernel/kernel-door.ts";
import { createPipeStore } from "./process/pipes.ts";
import { toProblem } from "./rpc-error.ts";
import { connectPort } from "./ports.ts";
import { route } from "./routes.ts";
import { serveSudo } from "./sudo/serve.ts";

async function main(): Promise<void> {
  const config = await readConfig();
  process.umask(0o022);
  const kernel = createKernelDoor(realClock);
  const agent: Agent = {
    config,
    clock: realClock,
    random: systemRandom,
    tenant: { envVars: {}, accessToken: null, defaultUser: "user", defaultWorkdir: null, limits: sizeOf(config) },
    pipes: createPipeStore(join(dirname(config.socketPath), "p")),
    kernel,
    inotify: createInotify(kernel),
    processes: new Map(),
    watchers: new Map(),
  };
  const server = createServer(
    { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: limits.headerBytes, noDelay: true },
    (request, response) => {
      response.on("error", () => undefined);
      route(agent, request, response).catch((thrown: unknown) => {
        sendProblem(response, 500, toProblem(thrown).message);
      });
    },
  );
  server.timeout = 0;
  server.on("connect", (request, client, head) => connectPort(agent, request, client, head));
  if (agent.config.rootPrefix !== "") endWithChildren(agent);
  serveSudo(agent);
  server.listen(agent.config.socketPath, () => process.stdout.write(readyLine));
}

/** Without isolation nothing bounds the sandbox but the machine. */
function sizeOf(config: AgentConfig): SandboxSize {
  if (config.rootPrefix !== "") return { cpuCount: cpus().length, memoryMb: totalmem() / 1_048_576, diskMb: null };
  return { cpuCount: limits.cpuCount, memoryMb: limits.memoryMb, diskMb: null };
}

async function readConfig(): Promise<AgentConfig> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  const value: unknown = JSON.parse(text);
  if (isRecord(value)) {
    const { socketPath, secret, ids, rootPrefix, path } = value;
    const texts = [socketPath, secret, rootPrefix, path].every((item) => typeof item === "string");
    if (texts && (ids === "multi" || ids === "single")) {
      return {
        socketPath: String(socketPath),
        secret: String(secret),
        ids,
        rootPrefix: String(rootPrefix),
        path: String(path),
      };
    }
  }
  throw new Error("the configuration line is not complete");
}

process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
void main();
