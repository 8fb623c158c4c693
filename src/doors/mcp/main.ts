// The process entry of the MCP server: `node dist/src/doors/mcp/main.js`. The target comes from the environment.
import { serveProcess } from "./serve.ts";

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(name === "SIGTERM" ? 143 : 130);
    stop.abort(name);
  });
}
process.exit(await serveProcess({}, stop.signal));
