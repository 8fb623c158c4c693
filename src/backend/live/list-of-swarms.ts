// Which live swarms a record knows: one entry each in a namespace of their own, so that whoever looks on need not be told ids.
import type { RecordStore } from "../../contracts/record-store.ts";
import { check } from "../../contracts/parse.ts";
import { isRecord } from "../../contracts/json.ts";

/** Of the record; no swarm can be called so. */
export const listNamespace = "swarms";

export interface ListedSwarm {
  readonly swarmId: string;
  readonly createdMs: number;
}

export async function enlist(store: RecordStore, { swarmId, createdMs }: ListedSwarm, writer: string): Promise<void> {
  await store.put(listNamespace, swarmId, { createdMs }, { writer, ttlSeconds: null });
}

export async function strike(store: RecordStore, swarmId: string, writer: string): Promise<void> {
  await store.delete(listNamespace, swarmId, { writer });
}

/** The latest first. An entry that is not what `enlist` writes is left out. */
export async function listedSwarms(store: RecordStore): Promise<readonly ListedSwarm[]> {
  const entries = await store.list(listNamespace);
  const rows = entries.flatMap(({ key, value }): ListedSwarm[] => {
    const createdMs = isRecord(value) ? value.createdMs : undefined;
    return check("swarm.input", { swarmId: key }).ok && typeof createdMs === "number"
      ? [{ swarmId: key, createdMs }]
      : [];
  });
  return rows.toSorted((a, b) => b.createdMs - a.createdMs || a.swarmId.localeCompare(b.swarmId));
}
