// The HTTP server people connect to. It owns the port and outlives the worker behind it: a request whose worker died is asked
// again when it only looks, and answered with an error when it may have taken effect. Sessions are taken up by the next worker.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { Clock } from "../../../host/clock.ts";
import type { Log } from "../../../host/log.ts";
import { stopExitCode } from "../../stop-signal.ts";
import { openAccessTokens, type TokenSources } from "../http/access-tokens.ts";
import { openGate } from "../http/gate.ts";
import { guardedNames, listen } from "../http/listen.ts";
import { forward } from "./forward.ts";
import { keepRunning } from "./keep-running.ts";
import type { WorkerProcess } from "./worker-process.ts";

export interface HttpAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Further names by which this server may be addressed. */
  readonly names: readonly string[];
  readonly tokens: TokenSources;
}

export interface HttpFrontWorld {
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Starts a worker that listens on `socket` and writes a line on stdout once it does. */
  start(socket: string): WorkerProcess;
  /** Told the address once it is served. */
  listening(url: string): void;
}

/** How long a request waits for a worker to come up, ms. */
const workerWithinMs = 10_000;

/** Resolves with the exit code: 130 or 143 after a signal, 1 when no worker stays alive. Throws `server.*`, `usage.invalid`. */
export async function serveHttpFront(address: HttpAddress, world: HttpFrontWorld): Promise<number> {
  const { clock, log, signal } = world;
  const tokens = openAccessTokens(address.tokens, clock);
  const hostnames = guardedNames(address.host, address.names, tokens !== null);
  const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-mcp-"));
  const place = openPlace(clock);
  let generation = 0;
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => (finish = resolve));
  const end = keepRunning({
    clock,
    log,
    start: () => world.start(socketOf(folder, (generation += 1))),
    up: (worker) => worker.stdout.once("data", () => place.set(socketOf(folder, generation))),
    down: () => place.set(null),
    failed: () => finish(1),
  });
  try {
    const gate = openGate({ hostnames, tokens });
    const server = await listen({
      host: address.host,
      port: address.port,
      gate,
      log,
      upstream: (request, admitted) => forward(request, admitted, (dead) => place.wait(dead)),
    });
    world.listening(server.url);
    const stop = (): void => finish(stopExitCode(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    const code = await finished;
    await Promise.all([end(), server.close()]);
    return code;
  } finally {
    await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function socketOf(folder: string, generation: number): string {
  return join(folder, `${generation}.sock`);
}

/** Where the worker of the moment is. */
function openPlace(clock: Clock) {
  const now: { socket: string | null } = { socket: null };
  const waiting = new Set<() => void>();
  const changed = (withinMs: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(withinMs, () => wake());
      const wake = (): void => {
        cancel();
        waiting.delete(wake);
        resolve();
      };
      waiting.add(wake);
    });
  return {
    set(found: string | null): void {
      now.socket = found;
      for (const wake of waiting) wake();
    },
    /** A worker other than the one at `dead`, whose death may not be known here yet. */
    async wait(dead: string | null): Promise<string> {
      const deadlineNs = clock.monotonicNs() + BigInt(workerWithinMs) * 1_000_000n;
      for (;;) {
        if (now.socket !== null && now.socket !== dead) return now.socket;
        const leftMs = Number(deadlineNs - clock.monotonicNs()) / 1e6;
        if (leftMs <= 0) throw new SwarmError("server.restarted", "Cannot answer: the server is still starting again");
        await changed(leftMs);
      }
    },
  };
}
