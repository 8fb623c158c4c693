// Serves MCP on a pair of streams until the input ends (exit 0) or a signal comes (130 or 143, after cleanup).
import type { Readable, Writable } from "node:stream";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { DoorBackend } from "../door-backend.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import { stopExitCode } from "../stop-signal.ts";
import { makeId } from "../../host/ids.ts";
import type { Random } from "../../host/random.ts";
import { buildServer } from "./build-server.ts";
import { withDistinctIds } from "./distinct-ids.ts";
import { openCore } from "./open-core.ts";
import { lineFilter } from "./line-filter.ts";

export interface McpWorld {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted by SIGINT or SIGTERM; its reason is what stopReason makes. */
  readonly signal: AbortSignal;
  /** The working folder: holds `.swarm/` and `reports/`. */
  readonly folder: string;
  openBackend(): Promise<DoorBackend>;
}

/** Resolves with the exit code once everything is closed. */
export async function serveMcp(world: McpWorld): Promise<number> {
  // A pipe has one client and ends with this process, so a key of its own is enough.
  const core = openCore({ ...world, key: world.random.bytes(32), openBackend: () => world.openBackend() });
  const lines = world.stdin.pipe(lineFilter((line) => void world.stdout.write(`${line}\n`)));
  const ended = new Promise<void>((resolve) => {
    for (const event of ["end", "close", "error"]) lines.once(event, () => resolve());
    world.stdin.once("error", () => resolve());
    world.stdout.once("error", () => resolve());
    if (world.signal.aborted) resolve();
    world.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  const handle = serveStdio(() => buildServer(core), {
    transport: withDistinctIds(new StdioServerTransport(lines, world.stdout), makeId("life", world.random)),
    onerror: (error) => world.log.write("warn", error.message),
  });
  await ended;
  await core.calls.end();
  await handle.close();
  if (!world.signal.aborted) return 0;
  return stopExitCode(world.signal);
}
