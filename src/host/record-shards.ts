// Many entries of one kind under keys that are spread over 256 prefixes, because a list of the record holds 10,000.
import { createHash } from "node:crypto";
import type { Entry, RecordStore } from "../contracts/record-store.ts";
import { soManyAtATime } from "./so-many-at-a-time.ts";

const shards = 256;
const listsAtATime = 16;

/** `kind/<two hex digits>/<id>`, the digits from the id's sha256. */
export function shardedKey(kind: string, id: string): string {
  const [first = 0] = createHash("sha256").update(id).digest();
  return `${prefixOf(kind, first)}${id}`;
}

/** Every entry of the kind, by shard and key. Not of one moment: what is written meanwhile may be in or not. */
export async function listShards(store: RecordStore, namespace: string, kind: string): Promise<readonly Entry[]> {
  const prefixes = Array.from({ length: shards }, (_, shard) => prefixOf(kind, shard));
  return (await soManyAtATime(prefixes, listsAtATime, (prefix) => store.list(namespace, prefix))).flat();
}

function prefixOf(kind: string, shard: number): string {
  return `${kind}/${shard.toString(16).padStart(2, "0")}/`;
}
