// One MCP server instance for one connection or request. It holds no state: what is shared stands in the core.
import { ProtocolError, ProtocolErrorCode, Server, type ServerContext } from "@modelcontextprotocol/server";
import { packageVersion } from "../../host/package-version.ts";
import { callTool } from "./call-tool.ts";
import type { Calls } from "./calls.ts";
import { complete } from "./completions.ts";
import type { Confirmations } from "./confirmations.ts";
import { openCallGuard } from "./guard-call.ts";
import { getPrompt, listPrompts } from "./prompts.ts";
import type { Repeats } from "./repeats.ts";
import { listResources, listResourceTemplates, readResource } from "./resources.ts";
import { listTools } from "./tools.ts";

/** What all instances of one process share. */
export interface ServerCore {
  readonly calls: Calls;
  readonly confirmations: Confirmations;
  readonly repeats: Repeats;
  /** Holds `reports/`. */
  readonly folder: string;
}

const instructions =
  "Runs trading agents in isolated E2B sandboxes. Create sandboxes with createE2bSandbox, end them with " +
  "terminateE2bSandbox; every sandbox costs money per second on the cloud target. Destructive tools ask the person through " +
  "the client; where it cannot ask, they say so and take force: true once the person agreed. A failed call says in its hint " +
  "what to do. A call with _meta e2b-swarm/idempotency_key is done once however often it is sent.";

export function buildServer(core: ServerCore): Server {
  const { calls, folder, confirmations } = core;
  const server = new Server(
    { name: "e2b-swarm", title: "E2B trading swarm", version: packageVersion() },
    {
      capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} },
      instructions,
      requestState: { verify: confirmations.verify },
    },
  );
  const tools = listTools();
  server.setRequestHandler("tools/list", ({ params }) => onePage(params?.cursor, { tools }));
  server.setRequestHandler("tools/call", ({ params }, context) =>
    calls.run(context.mcpReq.signal, (signal) => {
      const guard = openCallGuard(core, context, server.getClientCapabilities()?.elicitation);
      return callTool(params.name, params.arguments, calls.backend, { signal, progress: progressOf(context) }, guard);
    }),
  );
  server.setRequestHandler("resources/list", ({ params }) => onePage(params?.cursor, listResources(folder)));
  server.setRequestHandler("resources/templates/list", ({ params }) =>
    onePage(params?.cursor, listResourceTemplates()),
  );
  server.setRequestHandler("resources/read", ({ params }, context) =>
    calls.run(context.mcpReq.signal, (signal) => readResource(params.uri, folder, calls.backend, signal)),
  );
  server.setRequestHandler("prompts/list", ({ params }) => onePage(params?.cursor, listPrompts()));
  server.setRequestHandler("prompts/get", ({ params }) => getPrompt(params.name, params.arguments));
  server.setRequestHandler("completion/complete", ({ params }) => complete(params, folder));
  return server;
}

/** Every list fits on one page, so that a cursor can only be a mistake. */
function onePage<T>(cursor: string | undefined, page: T): T {
  if (cursor === undefined) return page;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, "Unknown cursor: the list has one page");
}

/** Sentences become progress notifications when the caller asked for them; the count always rises, as MCP wants. */
function progressOf({ mcpReq }: ServerContext): (sentence: string) => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    // A connection that closed meanwhile no longer wants to hear; the call itself is aborted by its signal.
    mcpReq
      .notify({ method: "notifications/progress", params: { progressToken, progress, message } })
      .catch(() => undefined);
  };
}
