// Looking on at the live swarms of a record: which there are, how each is, what changes. It writes nothing.
import type { Change } from "../../contracts/record-store.ts";
import type { Parts } from "../parts.ts";
import { boardOf, type Board } from "./board.ts";
import { hasEnded, findSwarm, wishOf } from "./live-swarm.ts";
import { listedSwarms, listNamespace, type ListedSwarm } from "./list-of-swarms.ts";

export interface Observatory {
  /** Namespace in which swarms come and go. */
  readonly listNamespace: string;
  /** The latest first, ended ones too as long as the record keeps them. */
  swarms(): Promise<readonly ListedSwarm[]>;
  /** True while it takes work. Throws `swarm.not-found`. */
  isLive(swarmId: string): Promise<boolean>;
  /** All that is shown of one. Throws `swarm.not-found`. */
  board(swarmId: string): Promise<Board>;
  position(namespace: string): Promise<number>;
  /** Every change after `from`. Throws `memory.compacted` when those are no longer kept. */
  watch(namespace: string, from: number, signal: AbortSignal): AsyncIterable<Change>;
}

export async function openObservatory(parts: Parts): Promise<Observatory> {
  const store = await parts.store();
  return {
    listNamespace,
    swarms: () => listedSwarms(store),
    isLive: async (swarmId) => !hasEnded(await wishOf(await findSwarm(parts, swarmId)), parts.clock.nowMs()),
    board: (swarmId) => boardOf(parts, swarmId),
    position: (namespace) => store.position(namespace),
    watch: (namespace, from, signal) => store.watch(namespace, { from, signal }),
  };
}
