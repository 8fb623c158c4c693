// What a sandbox may reach outside itself, as create and PUT /sandboxes/{id}/network ask for it. Off unless asked; what this
// machine cannot do is refused with what to install.
import { isRecord } from "../../contracts/json.ts";
import { problem } from "../answer.ts";
import type { Cell } from "../isolation/backend.ts";
import { parseNetworkRules, type NetworkRules } from "../isolation/network-rules.ts";
import { ingressKeys } from "../ports/ingress.ts";
import { withSandbox } from "./by-id.ts";
import type { ControlPlane } from "./context.ts";

/** Cells that have, or had, a way out: for them cleared rules mean all of it again. */
const opened = new WeakSet<Cell>();

/**
 * The rules of a create, null for no way out, or the sentence of a 400. A bare `allow_internet_access: true`, which SDKs up
 * to 2.45 always send, is no error where there is no network: detail and label say what the network really is.
 */
export function askedEgress(
  plane: ControlPlane,
  body: Readonly<Record<string, unknown>>,
): NetworkRules | null | string {
  const network = isRecord(body.network) ? body.network : {};
  const inbound: readonly string[] = ingressKeys;
  const named = Object.entries(network).filter(([name, value]) => !inbound.includes(name) && value !== null);
  const internet = body.allow_internet_access;
  if (named.length === 0 && internet !== true) return null;
  const rules = parseNetworkRules({ ...Object.fromEntries(named), allow_internet_access: internet });
  if (typeof rules === "string" || isClosed(rules)) return typeof rules === "string" ? rules : null;
  if (plane.label.networkMissing === null) return rules;
  return named.length === 0 ? null : refusal(plane.label.networkMissing);
}

/** Nothing may go out: that needs no network. */
function isClosed(rules: NetworkRules): boolean {
  return rules.others === "deny" && rules.allowOut.length === 0;
}

export async function openEgress(cell: Cell, rules: NetworkRules): Promise<void> {
  await cell.setNetwork(rules);
  opened.add(cell);
}

/** Replaces all rules; a field left out is cleared. */
export const networkEndpoint = withSandbox(async (plane, { cell }, { body }) => {
  const rules = parseNetworkRules(body);
  if (typeof rules === "string") return problem(400, rules);
  if (isClosed(rules)) {
    await cell.setNetwork(null);
    return { status: 204 };
  }
  const asksNothing = rules.allowOut.length === 0 && rules.denyOut.length === 0 && body.allow_internet_access !== true;
  if (asksNothing && !opened.has(cell)) return { status: 204 };
  if (plane.label.networkMissing !== null) return problem(400, refusal(plane.label.networkMissing));
  await openEgress(cell, rules);
  return { status: 204 };
});

function refusal(missing: string): string {
  return `Cannot give the sandbox a network on this machine; ${missing}`;
}
