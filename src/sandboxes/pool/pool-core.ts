// What the parts of a pool share: its book, what is being emptied, and what it cannot do.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { CreateRequest } from "../create.ts";
import { requestTimeoutMs } from "../limits.ts";
import type { Reach } from "../reach.ts";
import { terminate } from "../release.ts";
import { openPoolBook, type Member, type PoolBook } from "./pool-book.ts";

export interface PoolCore {
  readonly reach: Reach;
  readonly create: (request: CreateRequest) => Promise<SandboxRecord>;
  readonly book: PoolBook;
  /** Those being emptied; a lease may wait for one. */
  readonly cleaning: Cleaning[];
  /** Variants whose baseline could not be taken, as where there is no root: asking again would cost and change nothing. */
  readonly hopeless: Set<string>;
  /** Of each sandbox the life that is being set. */
  readonly lives: Map<string, Promise<void>>;
  readonly counts: { reused: number; cleaned: number; unclean: number };
  closed: boolean;
}

export interface Cleaning {
  readonly key: string;
  /** Idle when it ended well, null when it did not. Never rejects. */
  readonly done: Promise<Member | null>;
}

export function openPoolCore(reach: Reach, create: PoolCore["create"]): PoolCore {
  const counts = { reused: 0, cleaned: 0, unclean: 0 };
  return {
    reach,
    create,
    book: openPoolBook(),
    cleaning: [],
    hopeless: new Set(),
    lives: new Map(),
    counts,
    closed: false,
  };
}

/** True when no more of this key may wait here. */
export function isFull({ reach, book, closed }: PoolCore, key: string): boolean {
  return closed || book.count(key) >= reach.settings.pool.size;
}

/** Ends a sandbox of the pool; one that cannot be ended now ends with its leash. */
export async function endMember({ reach }: PoolCore, sandboxId: string): Promise<void> {
  try {
    await terminate(reach, sandboxId);
  } catch (thrown) {
    const { code } = SwarmError.from(thrown);
    reach.log.write("warn", "a pooled sandbox could not be ended", { sandboxId, reason: code });
  }
}

/**
 * Sets how long a sandbox lives from now, at the target and in our meter. One after the other for each sandbox: a leash that is
 * just being renewed must not cut short the lease that comes after it.
 */
export function setLife(core: PoolCore, sandboxId: string, seconds: number): Promise<void> {
  const { lives } = core;
  const before = lives.get(sandboxId) ?? Promise.resolve();
  const set = before.catch(() => undefined).then(() => setAtTarget(core.reach, sandboxId, seconds));
  lives.set(sandboxId, set);
  const forget = (): void => void (lives.get(sandboxId) === set && lives.delete(sandboxId));
  set.then(forget, forget);
  return set;
}

async function setAtTarget(reach: Reach, sandboxId: string, seconds: number): Promise<void> {
  const doing = { what: `set the life of ${sandboxId}`, about: "sandbox", repeatable: true } as const;
  await reach.ask(doing, ({ Sandbox }) => Sandbox.setTimeout(sandboxId, seconds * 1_000, { requestTimeoutMs }));
  const lease = reach.book.find(sandboxId);
  if (lease?.state.kind !== "running") return;
  const endsNs = reach.clock.monotonicNs() + BigInt(Math.round(seconds * 1e9));
  reach.book.advance(lease.leaseId, { kind: "life-set", endsNs });
}
