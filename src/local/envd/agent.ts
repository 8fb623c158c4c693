// What the agent holds: its configuration, what /init told it, and the two tables of live things.
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { AgentConfig } from "../isolation/launch.ts";
import type { ManagedProcess } from "./process/managed-process.ts";
import type { KernelDoor } from "./kernel/kernel-door.ts";
import type { PipeStore } from "./process/pipes.ts";
import type { Inotify } from "./filesystem/inotify.ts";
import type { Watcher } from "./filesystem/watch-calls.ts";

/** What the host grants the sandbox; the host's own size is none of its business. */
export interface SandboxSize {
  readonly cpuCount: number;
  readonly memoryMb: number;
  /** Null: as large as the folder's file system. */
  readonly diskMb: number | null;
}

export interface Tenant {
  envVars: Readonly<Record<string, string>>;
  /** Null: no token was set, every path is open. */
  accessToken: string | null;
  defaultUser: string;
  defaultWorkdir: string | null;
  limits: SandboxSize;
}

export interface Agent {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly tenant: Tenant;
  readonly pipes: PipeStore;
  readonly kernel: KernelDoor;
  readonly inotify: Inotify;
  readonly processes: Map<number, ManagedProcess>;
  /** Polling watchers by id; streaming watchers live with their stream. */
  readonly watchers: Map<string, Watcher>;
}
