// The fault of a cancellation that did not reach everything.
import { SwarmError } from "../contracts/swarm-error.ts";

const mostNamed = 20;

/** Of the broker's order ids, or of our own. */
export function uncancelled(ids: readonly string[], why: string): SwarmError {
  const named = `${ids.slice(0, mostNamed).join(", ")}${ids.length > mostNamed ? ", …" : ""}`;
  return new SwarmError("broker.uncancelled", `${ids.length} orders may still be open, ${why}: ${named}`, {
    hint: "Look at the orders in the broker's own interface, and stop again",
    details: { orders: ids.length, named },
  });
}
