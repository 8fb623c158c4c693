// What a worker does: serves its front's pipe, or its front's socket, until its stdin ends. Exported apart from the process, so
// that a planted backend can be behind it.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { workingFolder } from "../../backend/settings.ts";
import type { BackendOptions } from "../../backend/backend.ts";
import type { DoorBackend } from "../door-backend.ts";
import { buildServer } from "./build-server.ts";
import type { WorkerRequest } from "./front/worker-process.ts";
import { mcpFolder } from "./mcp-folder.ts";
import { openCore } from "./open-core.ts";
import { serveMcp, type McpWorld } from "./serve.ts";

export interface WorkWorld extends Omit<McpWorld, "openBackend" | "folder"> {
  openBackend(options: BackendOptions): Promise<DoorBackend>;
}

/** Resolves with the exit code once everything is closed. */
export async function work(request: WorkerRequest, world: WorkWorld): Promise<number> {
  const { options } = request;
  const folder = workingFolder(options, {}, process.cwd());
  const openBackend = (): Promise<DoorBackend> => world.openBackend(options);
  switch (request.mode) {
    case "stdio":
      return serveMcp({ ...world, folder, openBackend });
    case "http": {
      const { openEndpoint } = await import("./http/endpoint.ts");
      const { openSessionStore } = await import("./http/session-store.ts");
      const { listenOnSocket } = await import("./http/worker-socket.ts");
      const store = openSessionStore(mcpFolder(folder), world.clock, world.random);
      const core = openCore({ ...world, folder, key: store.key, openBackend });
      const endpoint = openEndpoint({ ...world, store, build: () => buildServer(core) });
      const close = await listenOnSocket(request.socket, endpoint.upstream, world.log);
      world.stdout.write("ready\n");
      const why = await ended(world);
      await core.calls.end();
      await endpoint.close();
      await close();
      // Of a front that is dead nobody else would remove the folder; one that lives puts its next worker there.
      if (why === "left alone") rmSync(dirname(request.socket), { recursive: true, force: true });
      return 0;
    }
  }
}

function ended({ stdin, signal }: WorkWorld): Promise<"stopped" | "left alone"> {
  return new Promise((resolve) => {
    // A signal may have come while it was starting.
    if (signal.aborted) resolve("stopped");
    for (const event of ["end", "close", "error"]) stdin.once(event, () => resolve("left alone"));
    signal.addEventListener("abort", () => resolve("stopped"), { once: true });
    stdin.resume();
  });
}
