// The process entry of the MCP server: `node dist/src/doors/mcp/main.js`. The target comes from the environment.
import { stopOnSignals } from "../stop-signal.ts";
import { serveProcess } from "./serve-process.ts";

process.exit(await serveProcess({}, stopOnSignals(), null));
