// From an id to a live handle of the SDK, with every error translated. Handles are kept; a running sandbox's life is not
// lengthened by looking at it.
import { invariant } from "../contracts/invariant.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Cancel, Clock } from "../host/clock.ts";
import type { Log } from "../host/log.ts";
import { identify } from "../host/process-identity.ts";
import type { Random } from "../host/random.ts";
import { openActivity, type Activity } from "./activity.ts";
import type { Connection } from "./connection.ts";
import type { LeaseBook } from "./lease-book.ts";
import type { Witness } from "./life-event.ts";
import { openLives, type Lives } from "./lives.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import { openLooks, type Looks } from "./reading/looks.ts";
import { openVariants, type Variants } from "./templates/resolve-variant.ts";
import { openTraffic, type TrafficCounts } from "./traffic/open-traffic.ts";
import { askMs, lifeSeconds, maxDoubts, maxHandles, requestTimeoutMs } from "./limits.ts";
import { sandboxFault, type Doing } from "./sandbox-fault.ts";
import { loadSdk, type LoadedSdk, type Sandbox, type SandboxClass, type Sdk } from "./sdk.ts";

export interface Reach {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly owner: string;
  /** `pid:start` of this process. */
  readonly process: string;
  readonly connection: Connection;
  readonly book: LeaseBook;
  readonly settings: ManagerSettings;
  readonly witness: Witness;
  readonly activity: Activity;
  readonly looks: Looks;
  readonly lives: Lives;
  readonly variants: Variants;
  /** A create under this mark had no answer: whatever may still appear is ended when the manager closes. */
  doubt(lease: string): void;
  doubts(): ReadonlySet<string>;
  traffic(): TrafficCounts;
  /** Calls the control plane when its turn comes, again where that is safe; what is thrown is translated. */
  ask<T>(doing: Doing, call: (loaded: LoadedSdk) => Promise<T>): Promise<T>;
  /** Calls one sandbox. A sandbox found missing ends its lease as lost. */
  use<T>(sandboxId: string, doing: Doing, call: (open: Opened) => Promise<T>): Promise<T>;
  remember(sandbox: Sandbox): void;
  forget(sandboxId: string): void;
}

export interface Opened {
  readonly sdk: Sdk;
  readonly sandbox: Sandbox;
  readonly fault: (thrown: unknown) => SwarmError;
}

export interface ReachOptions {
  /** Told of every create and end. */
  readonly witness?: Witness;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly owner: string;
  readonly connection: Connection;
  readonly book: LeaseBook;
  readonly settings: ManagerSettings;
}

export function openReach(options: ReachOptions): Reach {
  const { connection, book, clock, settings } = options;
  const activity = openActivity(clock, (sandboxId) => book.find(sandboxId) !== null);
  const traffic = openTraffic(clock, options.random, settings);
  const handles = new Map<string, Sandbox>();
  let loading: Promise<LoadedSdk> | null = null;
  const load = (): Promise<LoadedSdk> => (loading ??= loadSdk(connection.options));
  const self = identify(process.pid);
  invariant(self !== null, "this process is alive");

  const remember = (sandbox: Sandbox): void => keep(handles, sandbox);
  const lose = (sandboxId: string): void => {
    handles.delete(sandboxId);
    const lease = book.find(sandboxId);
    if (lease?.state.kind === "running")
      book.advance(lease.leaseId, { kind: "witnessed-gone", atNs: clock.monotonicNs() });
  };
  const ask: Reach["ask"] = async (doing, call) => {
    const loaded = await load();
    return traffic.pass(doing, async () => {
      try {
        return await inTime(clock, doing, call(loaded));
      } catch (thrown) {
        throw sandboxFault(loaded.sdk, thrown, doing);
      }
    });
  };
  const witness = options.witness ?? (() => undefined);
  const known = { ...options, witness, process: `${self.pid}:${self.startedAt}`, ask };
  return {
    ...known,
    activity,
    looks: openLooks(known, settings.batch),
    lives: openLives({ ask, book, clock, lose }),
    variants: openVariants(known, settings.templateCache),
    ...openDoubts(),
    traffic: () => traffic.counts(),
    use: (sandboxId, doing, call) =>
      ask(doing, async ({ sdk, Sandbox }) => {
        const fault = (thrown: unknown): SwarmError => sandboxFault(sdk, thrown, doing);
        const letGo = activity.hold(sandboxId);
        try {
          const sandbox = handles.get(sandboxId) ?? (await connect(Sandbox, sandboxId));
          remember(sandbox);
          return await call({ sdk, sandbox, fault });
        } catch (thrown) {
          const translated = fault(thrown);
          if (translated.code === "sandbox.not-found" || translated.code === "sandbox.gone") lose(sandboxId);
          throw translated;
        } finally {
          letGo();
        }
      }),
    remember,
    forget(sandboxId) {
      handles.delete(sandboxId);
      activity.forget(sandboxId);
    },
  };
}

function keep(handles: Map<string, Sandbox>, sandbox: Sandbox): void {
  const oldest = handles.size >= maxHandles ? handles.keys().next().value : undefined;
  if (oldest !== undefined) handles.delete(oldest);
  handles.set(sandbox.sandboxId, sandbox);
}

function openDoubts(): Pick<Reach, "doubt" | "doubts"> {
  const doubts = new Set<string>();
  return { doubt: (lease) => void (doubts.size < maxDoubts && doubts.add(lease)), doubts: () => doubts };
}

async function inTime<T>(clock: Clock, { what, withinMs = askMs }: Doing, call: Promise<T>): Promise<T> {
  let cancel: Cancel = () => undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(withinMs, () => {
      const sentence = `Cannot ${what}: no answer within ${withinMs / 1000} s`;
      reject(new SwarmError("sandbox.timeout", sentence, { hint: "Try again, or allow more time" }));
    });
  });
  return Promise.race([call, late]).finally(() => cancel());
}

/** Connecting sets the life of a paused sandbox and can only lengthen that of a running one: one second lengthens nothing. */
async function connect(Sandbox: SandboxClass, sandboxId: string): Promise<Sandbox> {
  const { state } = await Sandbox.getInfo(sandboxId, { requestTimeoutMs });
  const timeoutMs = state === "running" ? 1_000 : lifeSeconds * 1_000;
  return Sandbox.connect(sandboxId, { timeoutMs, requestTimeoutMs });
}
