// The books of an account as its journal gives them, and checkpoints of them. A checkpoint is believed only after the fills
// under it have been replayed to the same totals.
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../../contracts/json.ts";
import type { MicroUsd } from "../../contracts/money.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { bookFill } from "../book-fill.ts";
import { openLedger, type Ledger } from "../ledger.ts";
import { journalNamespace, readJournal, type BookedFill, type JournalOptions } from "./fill-journal.ts";

export interface AccountState {
  readonly ledger: Ledger;
  /** Position in the journal of the last fill that is in; 0 when there is none. */
  readonly throughSeq: number;
  /** sha256 hex over balances, positions and every fill in order. */
  readonly sha256: string;
}

/** Opening capital is written once; another one later is `usage.invalid`. */
export async function openAccount(options: JournalOptions, capital: MicroUsd, writer: string): Promise<void> {
  const { store, account } = options;
  const value = { capitalMicroUsd: capital };
  const by = { writer, ttlSeconds: null };
  const set = await store.compareAndSet(journalNamespace(account), "opening", 0, value, by);
  if (set.outcome === "written" || capitalOf(set.current?.value) === capital) return;
  throw new SwarmError("usage.invalid", `Cannot open ${account} with ${capital}: it was opened with another capital`, {
    hint: "Open it with the capital it has, or give the new account its own name",
    details: { account, capital },
  });
}

/**
 * Replays the journal. Throws `state.corrupt` when the account was never opened or an entry is no fill, and
 * `portfolio.unbalanced` when a checkpoint does not follow from the fills it covers.
 */
export async function readAccount(options: JournalOptions): Promise<AccountState> {
  const { store, account } = options;
  const opening = await store.get(journalNamespace(account), "opening");
  const capital = capitalOf(opening?.value);
  if (capital === null) throw unopened(account);
  const checkpoint = await store.get(journalNamespace(account), "checkpoint");
  const booked = await readJournal(options);
  const ledger = openLedger(capital);
  const promised = checkpoint === null ? null : readCheckpoint(checkpoint.value);
  const early = promised === null ? 0 : booked.filter(({ seq }) => seq <= promised.throughSeq).length;
  replay(ledger, booked.slice(0, early));
  if (promised !== null && digestOf(ledger) !== promised.sha256) throw untrue(account, promised.throughSeq);
  replay(ledger, booked.slice(early));
  return { ledger, throughSeq: booked.at(-1)?.seq ?? 0, sha256: digestOf(ledger) };
}

/** Keeps what the books are now as a checkpoint. Later reads are refused when the fills under it have changed since. */
export async function writeCheckpoint(options: JournalOptions, writer: string): Promise<AccountState> {
  const state = await readAccount(options);
  const value = { throughSeq: state.throughSeq, sha256: state.sha256 };
  await options.store.put(journalNamespace(options.account), "checkpoint", value, { writer, ttlSeconds: null });
  return state;
}

function replay(ledger: Ledger, booked: readonly BookedFill[]): void {
  for (const { fill } of booked) bookFill(ledger, fill);
}

function digestOf(ledger: Ledger): string {
  const hash = createHash("sha256");
  hash.update(canonicalJson({ balances: Object.fromEntries(ledger.balances) }));
  const positions = [...ledger.positions].map(([symbol, { quantity, costMicroUsd }]) => [
    symbol,
    quantity,
    costMicroUsd,
  ]);
  hash.update(canonicalJson(positions.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))));
  for (const { fillId, symbol, side, quantity, priceMicroUsd, feeMicroUsd } of ledger.fills.values()) {
    hash.update(canonicalJson([fillId, symbol, side, quantity, priceMicroUsd, feeMicroUsd]));
  }
  return hash.digest("hex");
}

function capitalOf(value: Json | undefined): MicroUsd | null {
  const capital = memberOf(value, "capitalMicroUsd");
  return typeof capital === "number" && Number.isSafeInteger(capital) ? capital : null;
}

function readCheckpoint(value: Json): { readonly throughSeq: number; readonly sha256: string } {
  const [throughSeq, sha256] = [memberOf(value, "throughSeq"), memberOf(value, "sha256")];
  return typeof throughSeq === "number" && typeof sha256 === "string"
    ? { throughSeq, sha256 }
    : { throughSeq: Number.MAX_SAFE_INTEGER, sha256: "unreadable" };
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function unopened(account: string): SwarmError {
  return new SwarmError("state.corrupt", `Cannot read the books of ${account}: its opening capital is not recorded`, {
    hint: "Open the account before its first fill",
    details: { account },
  });
}

function untrue(account: string, throughSeq: number): SwarmError {
  const sentence = `The books of ${account} up to position ${throughSeq} are not those of their checkpoint`;
  return new SwarmError("portfolio.unbalanced", sentence, {
    hint: "A fill was removed or changed after it was booked: restore the record from a backup",
    details: { account, throughSeq },
  });
}
