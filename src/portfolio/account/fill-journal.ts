// Fills in the shared record, one entry per execution id: any number of processes may book, nobody can book one twice.
// The namespace's sequence is the order of booking; the books are what replaying it gives.
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { listShards, shardedKey } from "../../host/record-shards.ts";
import { untilRecorded } from "../../host/until-recorded.ts";
import { checkFill, isSameFill, reusedId } from "../book-fill.ts";
import type { Fill } from "../ledger.ts";
import { isFill } from "../snapshot.ts";

export interface JournalOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  /** Whose books; part of the namespace. */
  readonly account: string;
}

export interface BookedFill {
  readonly seq: number;
  readonly fill: Fill;
}

export function journalNamespace(account: string): string {
  return `portfolio/${account}`;
}

/**
 * Durable once it resolves. `duplicate` when the record holds this very fill, whoever wrote it: also when an earlier try of
 * this call did. Throws `usage.invalid` for a malformed fill or an execution id that stands for another fill.
 */
export async function journalFill(
  { store, clock, account }: JournalOptions,
  fill: Fill,
  writer: string,
): Promise<"booked" | "duplicate"> {
  checkFill(fill);
  const { fillId, symbol, side, quantity, priceMicroUsd, feeMicroUsd } = fill;
  const value = { fillId, symbol, side, quantity, priceMicroUsd, feeMicroUsd };
  const by = { writer, ttlSeconds: null };
  // Asking again is harmless: a try that was written unseen is a duplicate.
  const set = await untilRecorded(clock, () =>
    store.compareAndSet(journalNamespace(account), fillKey(fillId), 0, value, by),
  );
  if (set.outcome === "written") return "booked";
  const before: unknown = set.current?.value;
  if (isFill(before) && isSameFill(before, fill)) return "duplicate";
  throw reusedId(fill);
}

/** Every fill booked up to one moment, in order of booking. Throws `state.corrupt` for an entry that is no fill. */
export async function readJournal({ store, account }: JournalOptions): Promise<readonly BookedFill[]> {
  const namespace = journalNamespace(account);
  // All that lies at or before this position is visible by now; what is booked while the shards are read is left out.
  const through = await store.position(namespace);
  const booked: BookedFill[] = [];
  for (const { key, seq, value } of await listShards(store, namespace, "fill")) {
    const fill: unknown = value;
    if (!isFill(fill) || fillKey(fill.fillId) !== key) throw noFill(account, key);
    if (seq <= through) booked.push({ seq, fill });
  }
  return booked.sort((a, b) => a.seq - b.seq);
}

export function fillKey(fillId: string): string {
  return shardedKey("fill", fillId);
}

function noFill(account: string, key: string): SwarmError {
  return new SwarmError("state.corrupt", `Cannot read the books of ${account}: ${key} is no fill of that id`, {
    hint: "Restore the record from a backup",
    details: { account, key },
  });
}
