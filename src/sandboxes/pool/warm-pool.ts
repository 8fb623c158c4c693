// Sandboxes that outlive a lease. One given back is emptied and proven clean before anybody else gets it; what cannot be proven
// is ended, and the next lease gets a fresh one. An idle one hangs on a short leash at the target, so that it ends by itself
// soon after this process, however that ends.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { CreateRequest } from "../create.ts";
import { lifeSeconds, retireAfterSeconds } from "../limits.ts";
import type { Reach } from "../reach.ts";
import { templateName } from "../records.ts";
import { terminate } from "../release.ts";
import { variantKey } from "../templates/variant.ts";
import { cleanMember } from "./clean-member.ts";
import { makeMember, refill } from "./make-member.ts";
import type { Member } from "./pool-book.ts";
import { endMember, isFull, openPoolCore, type Cleaning, type PoolCore } from "./pool-core.ts";
import { takeMember } from "./take-member.ts";

export interface PoolCounts {
  readonly idle: number;
  /** Sandboxes out on a lease that may come back. */
  readonly leased: number;
  /** Leases that got a sandbox of the pool. */
  readonly reused: number;
  /** Sandboxes proven clean after a lease. */
  readonly cleaned: number;
  /** Sandboxes ended because that could not be proven. */
  readonly unclean: number;
}

export interface WarmPool {
  /** An idle sandbox of this variant, or a fresh one. Throws what creating throws. */
  lease(request: CreateRequest): Promise<SandboxRecord>;
  /** Ends a lease: its sandbox is emptied behind the answer, or ended before it. */
  giveBack(sandboxId: string): Promise<void>;
  isIdle(sandboxId: string): boolean;
  idleNs(sandboxId: string): bigint;
  /** Renews leashes and ends what is idle for too long. */
  tend(): Promise<void>;
  counts(): PoolCounts;
  close(): Promise<void>;
}

export function openWarmPool(reach: Reach, create: PoolCore["create"]): WarmPool {
  const core = openPoolCore(reach, create);
  const { book } = core;
  const { size, warm } = reach.settings.pool;
  /** Those out on a lease that may come back. */
  const leased = new Map<string, Member>();
  const work = openBackground(reach);
  return {
    async lease(request) {
      if (size === 0 || request.keep === true) return create(request);
      const key = keyOf(request);
      const life = request.timeoutSeconds ?? lifeSeconds;
      const idle = await takeMember(core, key, life);
      // The target keeps the name of its create for ever: a pooled sandbox gets none, so that it never shows a wrong one.
      const { name, ...nameless } = request;
      const { record, member } =
        idle === null ? await makeMember(core, nameless, key) : { record: idle.record, member: idle };
      if (warm > 0) work.start(refill(core, nameless, key));
      if (member !== null) leased.set(record.sandboxId, member);
      if (idle === null) return named(record, name);
      core.counts.reused += 1;
      return named({ ...record, endAt: new Date(reach.clock.nowMs() + life * 1_000).toISOString() }, name);
    },
    async giveBack(sandboxId) {
      const member = leased.get(sandboxId);
      leased.delete(sandboxId);
      if (member === undefined || isFull(core, member.key)) return void (await terminate(reach, sandboxId));
      const one: Cleaning = { key: member.key, done: cleanMember(core, member) };
      core.cleaning.push(one);
      work.start(one.done.finally(() => forget(core.cleaning, one)));
    },
    isIdle: (sandboxId) => book.all().some(({ record }) => record.sandboxId === sandboxId),
    idleNs: (sandboxId) => book.idleNs(sandboxId, reach.clock.monotonicNs()),
    tend() {
      // What ended while it was out does not come back.
      for (const id of leased.keys()) if (reach.book.find(id) === null) leased.delete(id);
      return tend(core);
    },
    counts: () => ({ ...core.counts, idle: book.all().length, leased: leased.size }),
    async close() {
      core.closed = true;
      const idle = book.takeAll(reach.clock.monotonicNs());
      await Promise.all(idle.map(({ record }) => endMember(core, record.sandboxId)));
      await work.ended();
    },
  };
}

/** Ends what is idle for too long or too old, and renews the leashes of the others. */
async function tend(core: PoolCore): Promise<void> {
  const { reach, book } = core;
  const { idleSeconds, leashSeconds } = reach.settings.pool;
  const nowNs = reach.clock.monotonicNs();
  const before = (seconds: number): bigint => nowNs - BigInt(Math.round(seconds * 1e9));
  const stale = book.takeStale(nowNs, before(idleSeconds), before(retireAfterSeconds));
  await Promise.all(stale.map(({ record }) => endMember(core, record.sandboxId)));
  await Promise.allSettled(book.all().map(({ record }) => reach.lives.set(record.sandboxId, leashSeconds)));
}

interface Background {
  start(work: Promise<unknown>): void;
  ended(): Promise<void>;
}

/** Work off the caller's path; the pool's end waits for it. */
function openBackground({ log }: Reach): Background {
  const pending = new Set<Promise<unknown>>();
  return {
    start(work) {
      const done = work.catch((thrown: unknown) =>
        log.write("warn", "the pool could not be tended", { reason: SwarmError.from(thrown).code }),
      );
      pending.add(done);
      void done.finally(() => pending.delete(done));
    },
    ended: async () => void (await Promise.allSettled(pending)),
  };
}

function forget(cleaning: Cleaning[], one: Cleaning): void {
  const at = cleaning.indexOf(one);
  if (at !== -1) cleaning.splice(at, 1);
}

function keyOf({ template = "base", resources, envVars = {} }: CreateRequest): string {
  return variantKey({ template: templateName(template), resources: resources ?? null, envVars });
}

function named(record: SandboxRecord, name: string | undefined): SandboxRecord {
  return name === undefined ? record : { ...record, name };
}
