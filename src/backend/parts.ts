// What the handlers work with. Everything is opened on first use and closed together.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RecordStore } from "../contracts/record-store.ts";
import type { MeterReading } from "../contracts/sandbox.ts";
import type { Target } from "../contracts/target.ts";
import type { Feeds } from "../feeds/open-feeds.ts";
import type { Clock } from "../host/clock.ts";
import type { Env } from "../host/env.ts";
import type { Log } from "../host/log.ts";
import type { Random } from "../host/random.ts";
import type { Sandboxes } from "../sandboxes/open-sandboxes.ts";
import { openJournal } from "./monitor/journal.ts";
import type { Settings } from "./settings.ts";
import { openState, type StateFile } from "./state.ts";
import { openUsageBook, type UsageBook } from "./usage-book.ts";

export interface Parts {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** For keys and addresses of data sources and brokers, which are read when one is asked. */
  readonly env: Env;
  readonly state: StateFile;
  /** The manager; brings the target up when it is not. */
  sandboxes(): Promise<Sandboxes>;
  /** The manager if the target is up; null when looking at it would have to start it. */
  sandboxesIfUp(): Promise<Sandboxes | null>;
  meters(): readonly MeterReading[];
  /** What these sandboxes used that nobody was billed for yet. */
  readonly bill: UsageBook;
  /** Data sources, with the pace and the fresh answers they share. */
  feeds(): Promise<Feeds>;
  /** The durable record: of this folder, or shared through PostgreSQL. */
  store(): Promise<RecordStore>;
  close(): Promise<void>;
}

export interface PartsOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly env: Env;
  /** Finds the target, starting it when `start` is set; null when it is down and may not be started. */
  findTarget(start: boolean): Promise<Target | null>;
}

export function openParts(options: PartsOptions): Parts {
  const { settings, clock, random, log, env } = options;
  let sandboxes: Promise<Sandboxes> | undefined;
  let store: Promise<RecordStore> | undefined;
  let opened: Sandboxes | undefined;
  let feeds: Promise<Feeds> | undefined;
  const open = async (target: Target): Promise<Sandboxes> => {
    const { openSandboxes } = await import("../sandboxes/open-sandboxes.ts");
    const owner = createHash("sha256").update(settings.folder).digest("hex").slice(0, 16);
    opened = openSandboxes({
      target,
      clock,
      random,
      log,
      maxSandboxes: settings.maxSandboxes,
      owner,
      settings: settings.manager,
      witness: openJournal(settings.folder, clock).write,
    });
    return opened;
  };
  const find = async (start: boolean): Promise<Sandboxes | null> => {
    const target = await options.findTarget(start);
    if (target === null) return null;
    return (sandboxes ??= open(target));
  };
  /** Once per process and only before something is made: ends what dead processes of this folder left on the target. */
  const sweep = async (manager: Sandboxes): Promise<void> => {
    try {
      await manager.sweepOrphans();
    } catch (thrown) {
      log.write("warn", "orphans were not looked for", { reason: String(thrown) });
    }
  };
  let swept: Promise<void> | undefined;
  const meters = (): readonly MeterReading[] => opened?.meters() ?? [];
  return {
    settings,
    clock,
    random,
    log,
    env,
    state: openState(settings.folder, clock),
    async sandboxes() {
      const found = await (sandboxes ?? find(true));
      if (found === null) throw new Error("Invariant broken: a target that may be started is found");
      await (swept ??= sweep(found));
      return found;
    },
    sandboxesIfUp: async () => sandboxes ?? find(false),
    meters,
    bill: openUsageBook(meters),
    feeds: () => (feeds ??= openFeedsOf(options)),
    store: () => (store ??= openStore(settings, clock, log)),
    async close() {
      const settled = await Promise.allSettled([sandboxes, store]);
      for (const part of settled) if (part.status === "fulfilled") await part.value?.close();
    },
  };
}

async function openFeedsOf({ settings, clock, random, env }: PartsOptions): Promise<Feeds> {
  const { openFeeds } = await import("../feeds/open-feeds.ts");
  return openFeeds({ env, clock, random, folder: join(settings.folder, ".swarm", "feeds") });
}

async function openStore({ folder, recordUrl }: Settings, clock: Clock, log: Log): Promise<RecordStore> {
  if (recordUrl !== null) {
    const { openPostgresStore } = await import("../memory/postgres-store.ts");
    return openPostgresStore({ url: recordUrl, clock, log });
  }
  const { openSqliteStore } = await import("../memory/sqlite-store.ts");
  return openSqliteStore({ path: join(folder, ".swarm", "record.sqlite"), clock });
}
