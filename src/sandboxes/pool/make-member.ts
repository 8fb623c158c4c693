// New sandboxes for a pool, counted before anybody uses them: only what has a baseline can ever come back.
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { CreateRequest } from "../create.ts";
import { takeBaseline } from "../reset/reset-sandbox.ts";
import type { Member } from "./pool-book.ts";
import { endMember, isFull, type PoolCore } from "./pool-core.ts";

export interface Made {
  readonly record: SandboxRecord;
  /** Null when it can be used once only. */
  readonly member: Member | null;
}

/** A fresh sandbox. When the quota is full of idle ones, the longest idle makes room. Throws what creating throws. */
export async function makeMember(core: PoolCore, request: CreateRequest, key: string): Promise<Made> {
  const { reach, book, hopeless } = core;
  const { clock, log } = reach;
  const oldest = reach.book.hasRoom() ? null : book.takeOldest(clock.monotonicNs());
  if (oldest !== null) await endMember(core, oldest.record.sandboxId);
  const record = await core.create(request);
  if (hopeless.has(key)) return { record, member: null };
  try {
    const baseline = await takeBaseline(reach, record.sandboxId);
    return { record, member: { record, key, baseline, bornNs: clock.monotonicNs() } };
  } catch (thrown) {
    const { code, message } = SwarmError.from(thrown);
    const isHopeless = code === "sandbox.unclean";
    if (isHopeless) hopeless.add(key);
    const sentence = isHopeless ? "sandboxes of this kind are not used again" : "a sandbox is not used again";
    log.write("warn", sentence, { sandboxId: record.sandboxId, template: record.template, reason: message });
    return { record, member: null };
  }
}

/**
 * Makes idle ones of this key, one at a time whoever asks, until as many wait as are to be kept warm. None of a kind that can be
 * used once only: they would be made to be ended.
 */
export async function refill(core: PoolCore, request: CreateRequest, key: string): Promise<void> {
  const { reach, refilling } = core;
  if (refilling.has(key)) return;
  refilling.add(key);
  try {
    // Those taken meanwhile are made again, but not for ever: the next lease asks anew.
    for (let made = 0; made < reach.settings.pool.size && isWanting(core, key); made++) {
      if (!(await makeIdle(core, request, key))) return;
    }
  } finally {
    refilling.delete(key);
  }
}

function isWanting(core: PoolCore, key: string): boolean {
  const { reach, book, hopeless } = core;
  const isShort = book.count(key) < reach.settings.pool.warm && !isFull(core, key);
  return isShort && !hopeless.has(key) && reach.book.hasRoom();
}

/** False when what was made cannot wait here; it is ended. */
async function makeIdle(core: PoolCore, request: CreateRequest, key: string): Promise<boolean> {
  const { reach, book } = core;
  const { leashSeconds } = reach.settings.pool;
  const { record, member } = await makeMember(core, { ...request, timeoutSeconds: leashSeconds }, key);
  if (member === null || isFull(core, key)) {
    await endMember(core, record.sandboxId);
    return false;
  }
  book.add({ ...member, idleSinceNs: reach.clock.monotonicNs() });
  return true;
}
