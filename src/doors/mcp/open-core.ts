// What one process of the server shares between its connections.
import { createHmac } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { DoorBackend } from "../door-backend.ts";
import type { ServerCore } from "./build-server.ts";
import { openCalls } from "./calls.ts";
import { openConfirmations } from "./confirmations.ts";
import { mcpFolder } from "./mcp-folder.ts";
import { openRepeats } from "./repeats.ts";

export interface CoreOptions {
  /** The working folder; `.swarm/mcp` below it is made when something must be kept. */
  readonly folder: string;
  /** Seals confirmations; at least 32 bytes, the same in every process that may receive the answer. */
  readonly key: Buffer;
  readonly clock: Clock;
  readonly log: Log;
  readonly openBackend: () => Promise<DoorBackend>;
}

export function openCore({ folder, key, clock, log, openBackend }: CoreOptions): ServerCore {
  return {
    folder,
    calls: openCalls(openBackend, clock),
    confirmations: openConfirmations(createHmac("sha256", key).update("confirmations").digest()),
    repeats: openRepeats(join(mcpFolder(folder), "calls"), clock, log),
  };
}
