// Carrying out people's order to even out the work, and writing down what was moved before the order is taken away: whoever
// gave it reads there what became of it. An order that a dead leader carried out is not carried out again.
import type { Json } from "../../contracts/json.ts";
import type { Rebalance } from "../../contracts/live-swarm.ts";
import type { SwarmEffect } from "../core/effects.ts";
import type { Loop } from "./loop.ts";
import type { Order } from "./orders.ts";
import { surely, type Writer } from "./recorder.ts";

export const rebalancesPrefix = "rebalances/";
const keptSeconds = 31 * 86_400;

export interface Mover {
  /** Every effect as it is performed. */
  readonly saw: (effect: SwarmEffect) => void;
  /** Resolves when the outcome is durable. */
  readonly evenOut: (order: Extract<Order, { kind: "rebalance" }>) => Promise<void>;
}

export interface MoverOptions extends Writer {
  readonly loop: Loop;
  /** Tasks an agent may hold. */
  readonly slots: number;
  /** Aborts when the tenure is over: what is left is left to the successor. */
  readonly signal: AbortSignal;
}

export function openMover({ loop, slots, signal, ...by }: MoverOptions): Mover {
  const moves: { taskId: string; from: string; to: string; fence: number }[] = [];
  const held = (): Rebalance["before"] =>
    loop.agents().map(({ agentId, status, open }) => ({ agentId, status, openTasks: open }));
  return {
    saw(effect) {
      if (effect.kind !== "moved") return;
      const { agentId: from, to, taskId, fence } = effect;
      moves.push({ taskId, from, to, fence });
    },
    async evenOut({ orderId, gap }) {
      const { store, namespace, clock, writer, fence } = by;
      const key = rebalancesPrefix + orderId;
      if ((await surely(clock, () => store.get(namespace, key))) !== null) return;
      const before = held();
      moves.length = 0;
      signal.throwIfAborted();
      // Nothing else is under way in the loop here, so it steps and performs before it returns.
      loop.step({ kind: "rebalance", gap });
      const outcome: Rebalance = {
        atMs: clock.nowMs(),
        leader: writer,
        epoch: fence.token,
        gap,
        slots,
        moves: moves.splice(0),
        before,
        after: held(),
      };
      const value: Json = JSON.parse(JSON.stringify(outcome));
      await surely(clock, () => store.put(namespace, key, value, { writer, fence, ttlSeconds: keptSeconds }));
    },
  };
}
