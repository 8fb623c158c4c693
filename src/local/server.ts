// Starts the E2B-compatible server on one loopback port, with its pool of isolated sandboxes behind it.
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import type { Isolation } from "../contracts/target.ts";
import { realClock, type Clock } from "../host/clock.ts";
import { silentLog, type Log } from "../host/log.ts";
import { systemRandom, type Random } from "../host/random.ts";
import type { ControlPlane } from "./control-plane/context.ts";
import { createImageStore } from "./images/image-store.ts";
import { openFrontDoor, type FrontDoor } from "./front-door.ts";
import { localDomain } from "./hosts.ts";
import type { IsolationLabel } from "./isolation/backend.ts";
import { openFaultGate } from "./faults/gate.ts";
import { profiles, type ProfileName } from "./faults/profile.ts";
import { openIsolation, type OpenIsolation } from "./isolation/open.ts";
import { sweep } from "./isolation/sweep.ts";
import { networkControl } from "./lifecycle/egress.ts";
import { openJournal } from "./journal.ts";
import { createLogBook } from "./lifecycle/log-book.ts";
import { openMetricsBook } from "./lifecycle/metrics-book.ts";
import { expire } from "./lifecycle/pause.ts";
import { limits } from "./limits.ts";
import { createPool } from "./pool.ts";
import { routeRequest, routeUpgrade, type Router } from "./router.ts";
import { createSandboxTable, type LocalSandbox } from "./sandbox-table.ts";
import { createSecretStore } from "./secrets/store.ts";
import { openTemplates } from "./templates/open.ts";
import { statusReader } from "./server-status.ts";
import type { ServedRequest, ServedResponse } from "./served.ts";
import type { Certificates } from "./tls/certificates.ts";
import { createVolumeStore } from "./volumes/store.ts";
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
  /** Limits of one of E2B's plans: sandboxes at once, their life, creates per second. Default none but this server's own. */
  readonly profile?: ProfileName;
  /** Opens the fault plane: admin route and sentinel inputs. Default off: neither exists. */
  readonly faults?: boolean;
  /** Speaks TLS and HTTP/2 on the same port, with certificates kept in `folder`. Default: plain HTTP/1.1 only. */
  readonly tls?: { readonly folder: string };
  /** Where the ids of its sandboxes are written down, for its successor; default nowhere. */
  readonly journalFile?: string;
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
  /** Opens the admin route of the fault plane; null while that is off. */
  readonly faultsToken: string | null;
  /** What clients must trust; null without TLS. */
  readonly authorityFile: string | null;
  /** Where its run folder lies, for whoever must sweep after a kill -9. */
  readonly runParent: string;
  /** Sandboxes running now; neither spares nor paused ones are counted. */
  running(): number;
  /** Sandboxes that would be lost if the server ended now: running and paused. */
  held(): number;
  /** Monotonic time of the last request. */
  lastRequestNs(): bigint;
  /** Resolves when the pool holds its spares. */
  ready(): Promise<void>;
  /** Kills every sandbox, waits until all processes, mounts, cgroups and folders are gone. Safe to call twice. */
  close(): Promise<void>;
}

/** Throws `local.isolation`, `local.port`, `local.start` or `state.unwritable`; nothing is left behind then. */
export async function startLocalServer(options: LocalServerOptions = {}): Promise<LocalServer> {
  const settled = { ...options, clock: options.clock ?? realClock, random: options.random ?? systemRandom };
  const { clock, random, runParent } = settled;
  await sweep(clock, runParent);
  const front = await openFront(settled);
  let isolation: OpenIsolation;
  try {
    const { log, diskMb } = options;
    const asked = { isolation: options.isolation ?? "bwrap", clock, random, runParent, diskMb };
    isolation = await openIsolation({ ...asked, ...(log === undefined ? {} : { log }) });
  } catch (cause) {
    await front.door.close();
    throw cause;
  }
  return serve(front, isolation, settled);
}

type Settled = LocalServerOptions & { readonly clock: Clock; readonly random: Random };

interface Front {
  readonly http: Server;
  readonly door: FrontDoor;
  readonly certificates: Certificates | null;
  /** Where HTTP/2 requests go; set before anybody knows the port. */
  readonly http2: { handle: (request: ServedRequest, response: ServedResponse) => void };
}

async function openFront(options: Settled): Promise<Front> {
  const http = createServer({
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 90_000,
    noDelay: true,
    maxHeaderSize: limits.headerBytes,
  });
  const http2: Front["http2"] = { handle: (_, response) => void response.destroy() };
  if (options.tls === undefined)
    return { http, http2, certificates: null, door: await openFrontDoor(http, options.port ?? 0, null) };
  const { openCertificates } = await import("./tls/certificates.ts");
  const { serveSecure } = await import("./tls/serve-secure.ts");
  const certificates = await openCertificates(options.tls.folder, options.clock, options.random);
  const secure = serveSecure(http, certificates, (request, response) => http2.handle(request, response));
  return { http, http2, certificates, door: await openFrontDoor(http, options.port ?? 0, secure) };
}

const closePollMs = 5;

function serve(front: Front, isolation: OpenIsolation, options: Settled): LocalServer {
  const { door } = front;
  const { port } = door;
  const { clock, random } = options;
  const log = options.log ?? silentLog;
  const { backend } = isolation;
  const profile = options.profile === undefined ? null : profiles[options.profile];
  const maxSandboxes = options.maxSandboxes ?? profile?.maxSandboxes;
  const plane = openPlane(isolation, { ...options, maxSandboxes, domain: `${localDomain}:${port}` }, log);
  const { table, pool, images, templates } = plane;
  const apiKey = options.apiKey ?? `e2b_${random.bytes(20).toString("hex")}`;
  let lastRequestNs = clock.monotonicNs();
  const status = statusReader(plane, { startedNs: lastRequestNs, profile: options.profile ?? null });
  const faulty = { on: options.faults ?? false, profile, apiKey, table, label: backend.label, clock, random, status };
  const gate = openFaultGate(faulty);
  const router = {
    plane,
    apiKey,
    gate,
    port,
    upstreams: new WeakMap(),
    onRequest: () => void (lastRequestNs = clock.monotonicNs()),
  };
  answerRequests(front, router, log);
  if (backend.label.isolation === "none")
    log.write("warn", "isolation is none: sandboxes can do whatever this user can");
  void pool.filled();
  const close = async (): Promise<void> => {
    door.shut();
    gate.close();
    plane.metrics.close();
    await templates.builder.stop();
    await pool.drain();
    // Creates that already hold a cell are about to put it on the table.
    while (plane.creating > 0) await clock.sleep(closePollMs);
    // A resume under way comes to its end, one way or the other, before the sandbox is killed.
    await Promise.all(table.all().map(async (sandbox) => sandbox.turn));
    await Promise.all(table.all().map(async (sandbox) => table.kill(sandbox)));
    await table.settled();
    await images.settled();
    await door.close();
    await isolation.close();
    plane.journal.close();
  };
  let closing: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    apiKey,
    label: backend.label,
    faultsToken: gate.token,
    authorityFile: front.certificates?.authorityFile ?? null,
    runParent: dirname(isolation.folder.path),
    running: () => table.active().length,
    held: () => table.all().length,
    lastRequestNs: () => lastRequestNs,
    ready: async () => pool.filled(),
    close: async () => (closing ??= close()),
  };
}

function openPlane(isolation: OpenIsolation, options: Settled & { readonly domain: string }, log: Log): ControlPlane {
  const { clock, random, domain } = options;
  const { backend } = isolation;
  const folder = isolation.folder.path;
  const images = createImageStore(join(folder, "images"));
  const onDeadline = (sandbox: LocalSandbox): void => void expire(plane, sandbox);
  const logs = createLogBook(clock);
  const journal = openJournal(options.journalFile);
  if (journal.lost.size > 0)
    log.write("warn", "sandboxes were lost with the server before", { ids: [...journal.lost].join(" ") });
  const onGone = ({ id }: LocalSandbox): void => {
    logs.note(id, "Sandbox ended");
    journal.ended(id);
  };
  const onRun = ({ id, cell }: LocalSandbox): void => {
    logs.follow(id, cell);
    journal.started(id);
  };
  const table = createSandboxTable(clock, { images, onDeadline, onRun, onGone });
  const plane: ControlPlane = {
    domain,
    table,
    logs,
    journal,
    egress: networkControl(backend.label),
    metrics: openMetricsBook(table, clock),
    pool: createPool({ backend, spares: options.spares ?? limits.spares, clock, log }),
    images,
    templates: openTemplates({ backend, images, folder, clock, random }),
    volumes: createVolumeStore(join(folder, "volumes"), { random, ids: backend.label.ids }),
    secrets: createSecretStore({ clock, random }),
    label: backend.label,
    clock,
    random,
    log,
    maxSandboxes: options.maxSandboxes ?? limits.maxSandboxes,
    creating: 0,
  };
  return plane;
}

function answerRequests({ http, http2 }: Front, router: Router, log: Log): void {
  const failed = (thrown: unknown): void => log.write("error", "request failed", { reason: String(thrown) });
  const handle = (request: ServedRequest, response: ServedResponse): void => {
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    routeRequest(router, request, response).catch((thrown: unknown) => {
      failed(thrown);
      send(response, problem(500, "internal error of the local server"));
    });
  };
  http.on("request", handle);
  http2.handle = handle;
  http.on("upgrade", (request, client: Socket, head) => {
    routeUpgrade(router, request, client, head).catch((thrown: unknown) => {
      failed(thrown);
      client.destroy();
    });
  });
}
