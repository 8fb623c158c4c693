// What a watch is asked for and what it tells: envd's five words.
import type { Clock } from "../../../host/clock.ts";

export type WatchEventType =
  | "EVENT_TYPE_CREATE"
  | "EVENT_TYPE_WRITE"
  | "EVENT_TYPE_REMOVE"
  | "EVENT_TYPE_RENAME"
  | "EVENT_TYPE_CHMOD";

export interface WatchEvent {
  /** Relative to the watched folder, which itself is `.`. */
  readonly name: string;
  readonly type: WatchEventType;
}

export interface WatchOptions {
  /** Real path. */
  readonly root: string;
  readonly recursive: boolean;
  readonly clock: Clock;
  readonly onEvent: (event: WatchEvent) => void;
  /** Events were lost: what was told is no longer the whole story, and nothing more is told. */
  readonly onBroken: (why: string) => void;
}

export interface FolderWatch {
  /** Resolves when what happened before the call has been told. */
  settle(): Promise<void>;
  close(): void;
}
