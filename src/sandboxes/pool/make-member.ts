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
    if (code === "sandbox.unclean") hopeless.add(key);
    log.write("warn", "sandboxes of this kind are not used again", { template: record.template, reason: message });
    return { record, member: null };
  }
}

/** Makes idle ones of this key, one at a time, until as many wait as are to be kept warm. */
export async function refill(core: PoolCore, request: CreateRequest, key: string): Promise<void> {
  const { reach, book } = core;
  const { warm, leashSeconds } = reach.settings.pool;
  for (let made = 0; made < warm && book.count(key) < warm && !isFull(core, key) && reach.book.hasRoom(); made++) {
    const { record, member } = await makeMember(core, { ...request, timeoutSeconds: leashSeconds }, key);
    if (member === null || isFull(core, key)) return endMember(core, record.sandboxId);
    book.add({ ...member, idleSinceNs: reach.clock.monotonicNs() });
  }
}
