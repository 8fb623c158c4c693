// Where the server keeps what must outlive it. Apart from the rest, because the front asks for it without loading the SDK.
import { join } from "node:path";

export function mcpFolder(folder: string): string {
  return join(folder, ".swarm", "mcp");
}
