// Starts the E2B-compatible server on one loopback port, with its pool of isolated sandboxes behind it.
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Isolation } from "../contracts/target.ts";
import { realClock, type Clock } from "../host/clock.ts";
import { silentLog, type Log } from "../host/log.ts";
import { systemRandom, type Random } from "../host/random.ts";
import type { ControlPlane } from "./control-plane/context.ts";
import { createImageStore } from "./images/image-store.ts";
import type { IsolationLabel } from "./isolation/backend.ts";
import { openIsolation, type OpenIsolation } from "./isolation/open.ts";
import { sweep } from "./isolation/sweep.ts";
import { limits } from "./limits.ts";
import { createPool } from "./pool.ts";
import { routeRequest } from "./router.ts";
import { createSandboxTable } from "./sandbox-table.ts";
import { openTemplates } from "./templates/open.ts";
import { problem, send } from "./answer.ts";

export interface LocalServerOptions {
  /** 0 (default) takes any free port. */
  readonly port?: number;
  readonly isolation?: Isolation;
  /** What clients must send as X-API-KEY; default a fresh `e2b_` + 40 hex digits. */
  readonly apiKey?: string;
  /** Sandboxes at once, default 100; more are refused with 429. */
  readonly maxSandboxes?: number;
  /** Started sandboxes kept waiting, default 3. 0 starts every sandbox on demand. */
  readonly spares?: number;
  /** Parent of the run folder; default the system's temporary folder. Must be short (socket paths). */
  readonly runParent?: string;
  /** Disk of one sandbox in MiB, default 10,240. */
  readonly diskMb?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
}

export interface LocalServer {
  /** `http://127.0.0.1:<port>`, for E2B_API_URL and E2B_SANDBOX_URL alike. */
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  readonly label: IsolationLabel;
  /** Where its run folder lies, for whoever must sweep after a kill -9. */
  readonly runParent: string;
  /** Sandboxes running now (spares are not counted). */
  running(): number;
  /** Monotonic time of the last request. */
  lastRequestNs(): bigint;
  /** Resolves when the pool holds its spares. */
  ready(): Promise<void>;
  /** Kills every sandbox, waits until all processes, mounts, cgroups and folders are gone. Safe to call twice. */
  close(): Promise<void>;
}

/** Throws `local.isolation`, `local.port`, `local.start` or `state.unwritable`; nothing is left behind then. */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const clock = options.clock ?? realClock;
  const random = options.random ?? systemRandom;
  await sweep(clock, options.runParent);
  const http = createServer({
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 90_000,
    noDelay: true,
    maxHeaderSize: limits.headerBytes,
  });
  const port = await listen(http, options.port ?? 0);
  let isolation: OpenIsolation;
  try {
    isolation = await openIsolation({
      isolation: options.isolation ?? "bwrap",
      clock,
      random,
      ...(options.log === undefined ? {} : { log: options.log }),
      runParent: options.runParent,
      diskMb: options.diskMb,
    });
  } catch (cause) {
    await closeHttp(http);
    throw cause;
  }
  return serve(http, port, isolation, { ...options, clock, random });
}

const closePollMs = 5;

type Settled = LocalServerOptions & { readonly clock: Clock; readonly random: Random };

function serve(http: Server, port: number, isolation: OpenIsolation, options: Settled): LocalServer {
  const { clock, random } = options;
  const log = options.log ?? silentLog;
  const { backend } = isolation;
  const plane = openPlane(isolation, options, log);
  const { table, pool, images, templates } = plane;
  const apiKey = options.apiKey ?? `e2b_${random.bytes(20).toString("hex")}`;
  let lastRequestNs = clock.monotonicNs();
  const router = {
    plane,
    apiKey,
    upstreams: new WeakMap(),
    onRequest: () => void (lastRequestNs = clock.monotonicNs()),
  };
  http.on("request", (request, response) => {
    response.on("error", () => undefined);
    routeRequest(router, request, response).catch((thrown: unknown) => {
      log.write("error", "request failed", { reason: String(thrown) });
      send(response, problem(500, "internal error of the local server"));
    });
  });
  if (backend.label.isolation === "none")
    log.write("warn", "isolation is none: sandboxes can do whatever this user can");
  void pool.filled();
  const close = async (): Promise<void> => {
    http.close();
    await templates.builder.stop();
    await pool.drain();
    // Creates that already hold a cell are about to put it on the table.
    while (plane.creating > 0) await clock.sleep(closePollMs);
    await Promise.all(table.all().map(async (sandbox) => table.kill(sandbox)));
    await table.settled();
    await images.settled();
    await closeHttp(http);
    await isolation.close();
  };
  let closing: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    apiKey,
    label: backend.label,
    runParent: dirname(isolation.folder.path),
    running: () => table.all().length,
    lastRequestNs: () => lastRequestNs,
    ready: async () => pool.filled(),
    close: async () => (closing ??= close()),
  };
}

function openPlane(isolation: OpenIsolation, options: Settled, log: Log): ControlPlane {
  const { clock, random } = options;
  const { backend } = isolation;
  const folder = isolation.folder.path;
  const images = createImageStore(join(folder, "images"));
  return {
    table: createSandboxTable(clock),
    pool: createPool({ backend, spares: options.spares ?? limits.spares, clock, log }),
    images,
    templates: openTemplates({ backend, images, folder, clock, random }),
    label: backend.label,
    clock,
    random,
    log,
    maxSandboxes: options.maxSandboxes ?? limits.maxSandboxes,
    creating: 0,
  };
}

async function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once("error", (cause: NodeJS.ErrnoException) => reject(portTaken(port, cause)));
    http.listen(port, "127.0.0.1", () => {
      const address = http.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function portTaken(port: number, cause: NodeJS.ErrnoException): SwarmError {
  const reason = cause.code === "EADDRINUSE" ? "another program listens there" : (cause.code ?? cause.message);
  return new SwarmError("local.port", `Cannot listen on 127.0.0.1:${port}: ${reason}`, {
    hint: "Choose another port, or 0 for any free one",
    cause,
    details: { port },
  });
}

async function closeHttp(http: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
}
