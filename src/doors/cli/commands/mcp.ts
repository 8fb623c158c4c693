// `mcp`: serves the operations as MCP tools on stdin and stdout until stdin closes. Stdout belongs to the protocol alone.
import type { CommandSpec } from "../command-spec.ts";

export const mcpCommand: CommandSpec = {
  name: "mcp",
  group: "Server",
  summary: "Serve the operations as MCP tools on stdin and stdout",
  operands: [],
  options: [],
  examples: ["e2b-swarm mcp --target local"],
  run: async (_values, session) => ({ data: null, text: "", exitCode: await session.serveMcp(), silent: true }),
};
