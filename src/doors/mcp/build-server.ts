// One MCP server instance for one connection. It holds no state: the operations do.
import { Server, type ServerContext } from "@modelcontextprotocol/server";
import { packageVersion } from "../../host/package-version.ts";
import { callTool } from "./call-tool.ts";
import { listTools } from "./tools.ts";
import type { Calls } from "./calls.ts";

const instructions =
  "Runs trading agents in isolated E2B sandboxes. Create sandboxes with createE2bSandbox, end them with " +
  "terminateE2bSandbox; every sandbox costs money per second on the cloud target. A failed call says in its hint what to do.";

export function buildServer(calls: Calls): Server {
  const server = new Server(
    { name: "e2b-swarm", title: "E2B trading swarm", version: packageVersion() },
    { capabilities: { tools: {}, logging: {} }, instructions },
  );
  const tools = listTools();
  server.setRequestHandler("tools/list", () => ({ tools }));
  server.setRequestHandler("tools/call", (request, context) =>
    calls.run(context.mcpReq.signal, (signal) =>
      callTool(request.params.name, request.params.arguments, calls.backend, {
        signal,
        progress: progressOf(context),
      }),
    ),
  );
  return server;
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
