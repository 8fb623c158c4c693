// What may be asked of the record as plain data: the same words in this process, over a socket and inside a transaction.
import type { LeaseAnswer } from "../../contracts/record-lease.ts";
import type { Claim, ClaimAnswer, Push } from "../../contracts/record-queue.ts";
import type { CompareAndSet, Entry } from "../../contracts/record-store.ts";
import type { Draft } from "./draft.ts";
import type { FenceRef } from "./leases.ts";
import type { RestoreAsk } from "./restore.ts";
import type { ClaimAsk, Finish, GiveBack, PushAsk } from "./tasks.ts";

type Fenced = { readonly namespace: string; readonly fence: FenceRef | null };
type OfTask = Fenced & { readonly queue: string; readonly taskId: string; readonly token: number };

export type Request =
  | (Fenced & { readonly op: "put"; readonly draft: Draft })
  | (Fenced & { readonly op: "compareAndSet"; readonly draft: Draft; readonly version: number })
  | (Fenced & { readonly op: "delete"; readonly key: string; readonly writer: string })
  | (Fenced & { readonly op: "clear"; readonly writer: string })
  | (Fenced & { readonly op: "acquire"; readonly name: string; readonly holder: string; readonly ttlMs: number })
  | (Fenced & { readonly op: "renew"; readonly name: string; readonly token: number; readonly ttlMs: number })
  | (Fenced & { readonly op: "leave"; readonly name: string; readonly token: number })
  | (Fenced & { readonly op: "push"; readonly queue: string } & PushAsk)
  | (Fenced & { readonly op: "claim"; readonly queue: string } & ClaimAsk)
  | (OfTask & { readonly op: "acknowledge"; readonly result: Finish })
  | (OfTask & { readonly op: "extend"; readonly leaseMs: number })
  | (OfTask & { readonly op: "giveBack"; readonly back: GiveBack })
  | (Fenced & { readonly op: "revive"; readonly queue: string; readonly taskIds: readonly string[] })
  | (Fenced & { readonly op: "restore" } & RestoreAsk);

export type Reply =
  | { readonly op: "put"; readonly value: Entry }
  | { readonly op: "compareAndSet"; readonly value: CompareAndSet }
  | { readonly op: "delete" | "leave"; readonly value: boolean }
  | { readonly op: "clear" | "revive"; readonly value: number }
  | { readonly op: "acquire" | "renew"; readonly value: LeaseAnswer }
  | { readonly op: "push"; readonly value: Push }
  | { readonly op: "claim"; readonly value: readonly Claim[] }
  | { readonly op: "acknowledge" | "extend" | "giveBack"; readonly value: ClaimAnswer }
  | { readonly op: "restore"; readonly value: null };

/** A claim goes past other claims; everything else of a namespace happens one after the other. */
export function isInTurn({ op }: Request): boolean {
  return op !== "claim" && op !== "extend";
}
