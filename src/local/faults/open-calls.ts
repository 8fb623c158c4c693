// The connections to sandboxes that are open now, so that a fault can break them all.
import { breakOff, type ServedResponse } from "../served.ts";
import type { FaultCall } from "./fault-call.ts";

export interface OpenCalls {
  add(call: FaultCall): void;
  /** Breaks every open connection to the sandbox but `spared`; returns how many. */
  breakAll(sandboxId: string, spared: ServedResponse | null): number;
}

/** Bounded by the requests a sandbox accepts at once. */
export function createOpenCalls(): OpenCalls {
  const open = new Map<string, Set<ServedResponse>>();
  return {
    add({ sandboxId, plane, response }) {
      if (sandboxId === null || plane === "control") return;
      const calls = open.get(sandboxId) ?? new Set();
      open.set(sandboxId, calls.add(response));
      response.once("close", () => {
        calls.delete(response);
        if (calls.size === 0) open.delete(sandboxId);
      });
    },
    breakAll(sandboxId, spared) {
      const broken = [...(open.get(sandboxId) ?? [])].filter((response) => response !== spared);
      for (const response of broken) breakOff(response);
      return broken.length;
    },
  };
}
