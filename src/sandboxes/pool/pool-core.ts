// What the parts of a pool share: its book, what is being emptied, and what it cannot do.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { CreateRequest } from "../create.ts";
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
  /** Variants of which one is being made ahead. */
  readonly refilling: Set<string>;
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
    refilling: new Set(),
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
