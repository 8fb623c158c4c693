// The process behind `e2b-swarm`. Backend, E2B SDK, local server and MCP load only when a command calls them.
import { runProcess } from "./run-process.ts";

await runProcess({
  openBackend: async (options) => (await import("../../backend/compose.ts")).openBackend(options),
  localCommand: async (input, options) => (await import("../../backend/local.ts")).localCommand(input, options),
  serveMcp: async (options, http, signal) =>
    (await import("../mcp/serve-process.ts")).serveProcess(options, signal, http),
  serve: async (options, address, signal) =>
    (await import("../serve/serve-process.ts")).serveProcess(options, signal, address),
  verifyAudit: async (options) => (await import("../serve/serve-process.ts")).auditOf(options),
});
