// The manager: create, look, run, end. Local and cloud are reached through the same unmodified SDK; what it throws is
// translated in one place, and what this process took it gives back.
import type { CommandResult, SandboxRecord } from "../contracts/sandbox.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Target } from "../contracts/target.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import type { Random } from "../host/random.ts";
import { connectionTo } from "./connection.ts";
import { createOne, type CreateRequest } from "./create.ts";
import { execute, limitMs, type CommandRequest } from "./execute.ts";
import { readFile, writeFile } from "./files.ts";
import { inspect, listAll, statusOf } from "./inspect.ts";
import type { Witness } from "./life-event.ts";
import type { Lease, Meter } from "./lease.ts";
import { openLeaseBook } from "./lease-book.ts";
import { askMs, commandGraceMs, maxSandboxesDefault } from "./limits.ts";
import {
  attachProcess,
  startProcess,
  type AttachRequest,
  type ProcessRequest,
  type SandboxProcess,
} from "./process.ts";
import { openReach, type Opened, type Reach } from "./reach.ts";
import type { SandboxStatus } from "./records.ts";
import { releaseOwned, terminate, type Termination } from "./release.ts";
import { openKeeper } from "./keeper.ts";
import { managerDefaults, type ManagerSettings } from "./manager-settings.ts";
import { openWarmPool, type PoolCounts } from "./pool/warm-pool.ts";
import { snapshots, type Snapshots } from "./templates/snapshot.ts";
import { sweepOrphans, type OrphanSweep } from "./sweep-orphans.ts";
import type { TrafficCounts } from "./traffic/open-traffic.ts";

export interface SandboxesOptions {
  readonly target: Target;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Most leases open at a time, default 100. */
  readonly maxSandboxes?: number;
  /** Id of the folder on whose behalf sandboxes are made; written into their metadata. */
  readonly owner: string;
  /** Told of every create and end. */
  readonly witness?: Witness;
  /** Default `managerDefaults`. */
  readonly settings?: ManagerSettings;
}

/** What the manager did until now. */
export interface ManagerCounts extends TrafficCounts {
  readonly pool: PoolCounts;
  /** Sandboxes ended because nobody used them. */
  readonly endedIdle: number;
}

/** What a lease has used, and how much of that nobody had it. */
export interface Usage extends Meter {
  /** Part of `ranNs` spent idle in the pool. */
  readonly idleNs: bigint;
}

/** Every method throws SwarmError: `auth.refused`, `sandbox.*`, `target.*`, `usage.invalid`, `local.disk-full`. */
export interface Sandboxes extends Snapshots {
  /** Starts one sandbox and waits until it answers. A failed create leaves nothing behind. */
  create(request?: CreateRequest): Promise<SandboxRecord>;
  /** Starts several in parallel: all of them, or none. */
  createMany(count: number, request?: CreateRequest): Promise<readonly SandboxRecord[]>;
  /**
   * A sandbox for work of this process alone: from the pool when one of the variant is idle, else a fresh one. `create` is
   * always fresh. Give it back with `giveBack`.
   */
  lease(request?: CreateRequest): Promise<SandboxRecord>;
  /** Ends a lease: the sandbox is emptied, proven clean and kept for the next, or ended. */
  giveBack(sandboxId: string): Promise<void>;
  /** The sandboxes the target knows, running and paused; `mine` = only those of this owner. */
  list(options?: { readonly mine?: boolean }): Promise<readonly SandboxRecord[]>;
  info(sandboxId: string): Promise<SandboxRecord>;
  status(sandboxId: string): Promise<SandboxStatus>;
  /** A non-zero exit code and a command killed at its limit are results. */
  execute(sandboxId: string, command: CommandRequest): Promise<CommandResult>;
  readFile(sandboxId: string, path: string): Promise<Uint8Array>;
  /** Parents are made, an existing file is replaced. */
  writeFile(sandboxId: string, path: string, data: string | Uint8Array): Promise<void>;
  startProcess(sandboxId: string, request: ProcessRequest): Promise<SandboxProcess>;
  /** Listens to a program that runs there already, by the pid its starter was told. */
  attachProcess(sandboxId: string, request: AttachRequest): Promise<SandboxProcess>;
  /** Lets it live for so many seconds from now. */
  extend(sandboxId: string, seconds: number): Promise<void>;
  /** Ends a sandbox and waits until the target no longer knows it. Not an error when it is gone already. */
  terminate(sandboxId: string): Promise<Termination>;
  /** Ends what dead processes of this owner left behind, witnessed by listings before and after. Kept sandboxes stay. */
  sweepOrphans(): Promise<OrphanSweep>;
  leases(): readonly Lease[];
  /** What each lease has used until now. */
  meters(): readonly Usage[];
  counts(): ManagerCounts;
  /** Ends what this process owns; kept sandboxes stay. Safe to call twice. */
  close(): Promise<void>;
}

export function openSandboxes(options: SandboxesOptions): Sandboxes {
  const { clock, maxSandboxes = maxSandboxesDefault, settings = managerDefaults } = options;
  const book = openLeaseBook(clock, maxSandboxes);
  const connection = connectionTo(options.target);
  const reach: Reach = openReach({ ...options, settings, connection, book });
  const { awaited, ended } = openAwaited();
  let closing: Promise<void> | null = null;
  const making = <T>(create: () => Promise<T>): Promise<T> => {
    if (closing !== null) return Promise.reject(closedManager());
    keeper.wake();
    return awaited(create());
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled([keeper.stop(), ended()]);
    await pool.close();
    try {
      await releaseOwned(reach);
    } finally {
      // What was given back or ended meanwhile is still on its way.
      await ended();
    }
    if (book.all().length > 0) reach.log.write("info", "manager closed", summary(counts()));
  };
  const pool = openWarmPool(reach, (request) => createOne(reach, request));
  const keeper = openKeeper(reach, pool);
  const counts = (): ManagerCounts => ({ ...reach.traffic(), pool: pool.counts(), endedIdle: keeper.ended() });
  return {
    create: (request = {}) => making(() => createOne(reach, request)),
    createMany: (count, request = {}) => making(() => createAll(reach, count, request)),
    lease: (request = {}) => making(() => pool.lease(request)),
    giveBack: (sandboxId) => awaited(pool.giveBack(sandboxId)),
    list: ({ mine = false } = {}) => listAll(reach, mine),
    info: (sandboxId) => inspect(reach, sandboxId),
    status: (sandboxId) => statusOf(reach, sandboxId),
    execute: (sandboxId, command) => {
      const withinMs = limitMs(command) + commandGraceMs + askMs;
      return reach.use(
        sandboxId,
        { what: `run a command in ${sandboxId}`, about: "command", withinMs },
        ({ sdk, sandbox }) => execute(sdk, sandbox, command, clock),
      );
    },
    readFile: (sandboxId, path) => readFile(reach, sandboxId, path),
    writeFile: (sandboxId, path, data) => writeFile(reach, sandboxId, path, data),
    startProcess: (sandboxId, request) =>
      held(reach, sandboxId, "start", ({ sdk, sandbox, fault }) => startProcess(sdk, sandbox, request, fault)),
    attachProcess: (sandboxId, request) =>
      held(reach, sandboxId, "reach", ({ sdk, sandbox, fault }) => attachProcess(sdk, sandbox, request, fault)),
    extend: (sandboxId, seconds) => {
      const letGo = reach.activity.hold(sandboxId);
      return reach.lives.set(sandboxId, seconds).finally(letGo);
    },
    ...snapshots(reach),
    terminate: (sandboxId) => awaited(terminate(reach, sandboxId)),
    sweepOrphans: () => sweepOrphans(reach),
    leases: () => book.all(),
    meters: () => book.meters().map((meter) => ({ ...meter, idleNs: pool.idleNs(meter.sandboxId) })),
    counts,
    close: () => (closing ??= close()),
  };
}

/** What the manager's end waits for. */
function openAwaited() {
  const pending = new Set<Promise<unknown>>();
  return {
    awaited: <T>(work: Promise<T>): Promise<T> => {
      pending.add(work);
      return work.finally(() => pending.delete(work));
    },
    ended: async (): Promise<void> => void (await Promise.allSettled(pending)),
  };
}

/** A program that runs is use of its sandbox, even while nobody talks to it. */
async function held(
  reach: Reach,
  sandboxId: string,
  verb: "start" | "reach",
  open: (opened: Opened) => Promise<SandboxProcess>,
): Promise<SandboxProcess> {
  const letGo = reach.activity.hold(sandboxId);
  try {
    const running = await reach.use(sandboxId, { what: `${verb} a program in ${sandboxId}`, about: "command" }, open);
    void running.ended.then(letGo);
    return running;
  } catch (thrown) {
    letGo();
    throw thrown;
  }
}

function summary({ pool, ...counts }: ManagerCounts): Readonly<Record<string, string | number>> {
  return { ...counts, reused: pool.reused, cleaned: pool.cleaned, unclean: pool.unclean };
}

function closedManager(): SwarmError {
  return new SwarmError("cancelled", "Cannot create a sandbox: the manager is closing", { hint: "Open another one" });
}

async function createAll(reach: Reach, count: number, request: CreateRequest): Promise<readonly SandboxRecord[]> {
  const results = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => createOne(reach, numbered(request, index, count))),
  );
  const made = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  const failed = results.find((result) => result.status === "rejected");
  if (failed === undefined) return made;
  await Promise.allSettled(made.map(({ sandboxId }) => terminate(reach, sandboxId)));
  throw failed.reason;
}

/** Several sandboxes asked for under one name get numbers. */
function numbered(request: CreateRequest, index: number, count: number): CreateRequest {
  return request.name === undefined || count === 1 ? request : { ...request, name: `${request.name}-${index + 1}` };
}
