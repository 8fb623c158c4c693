// The process behind `e2b-swarm`. Backend, E2B SDK, local server and MCP load only when a command calls them.
import { realEnv, setUnset } from "../../host/env.ts";
import { runProcess } from "./run-process.ts";

await runProcess({
  configure: async (choice) => {
    const { configured } = await import("../../backend/config/configure.ts");
    setUnset((await configured(choice, realEnv, process.cwd())).variables);
  },
  openBackend: async (options) => (await import("../../backend/compose.ts")).openBackend(options),
  localCommand: async (input, options) => (await import("../../backend/local.ts")).localCommand(input, options),
  serveMcp: async (options, http, signal) =>
    (await import("../mcp/serve-process.ts")).serveProcess(options, signal, http),
  serve: async (options, address, signal) =>
    (await import("../serve/serve-process.ts")).serveProcess(options, signal, address),
  verifyAudit: async (options) => (await import("../serve/serve-process.ts")).auditOf(options),
});
