// What a store must bring along: somewhere to run requests in transactions, somewhere to read, and news of commits.
import type { Reply, Request } from "./request.ts";
import type { Step } from "./step.ts";

export interface Engine {
  /** Resolves once the request's transaction is durable. A fault that is `definite` left nothing behind. */
  write(request: Request): Promise<Reply>;
  /** One statement's worth of committed state. */
  read<T>(step: Step<T>): Promise<T>;
  /** Everything `use` reads is one snapshot. */
  snapshot(): Promise<Snapshot>;
  news(namespace: string, ms: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface Snapshot {
  readonly read: <T>(step: Step<T>) => Promise<T>;
  close(): Promise<void>;
}
