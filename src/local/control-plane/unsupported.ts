// What this server cannot do is refused by name, never ignored.
import { isRecord } from "../../contracts/json.ts";
import { problem, type Answer } from "../answer.ts";
import { holdsSecretMarker } from "../secrets/store.ts";
import { ingressKeys } from "../ports/ingress.ts";
import type { ControlPlane } from "./context.ts";

/** `mcp` is not among them: the SDK itself starts the gateway inside, and fails by name when the template has none. */
const absent = ["iam"] as const;

/**
 * Null when everything asked for is possible. An explicit `allow_internet_access: true` is accepted because SDKs up to
 * 2.45 always send it; the detail and the label say what the network really is.
 */
export function unsupportedFeature(plane: ControlPlane, body: Readonly<Record<string, unknown>>): Answer | null {
  for (const name of absent) {
    if (body[name] !== undefined && body[name] !== null) return refuse(name);
  }
  if (holdsSecretMarker([body.network, body.envVars]))
    return refuse("secrets in traffic: without an egress proxy a ${e2b.secrets.…} marker would never be filled in");
  if (isRecord(body.network) && egressKeys(body.network).length > 0 && plane.label.network === "off") {
    return refuse("network rules (the network of every sandbox is off)");
  }
  return null;
}

/** Rules for traffic out of the sandbox. */
function egressKeys(network: Readonly<Record<string, unknown>>): string[] {
  const others: readonly string[] = ingressKeys;
  return Object.keys(network).filter((name) => !others.includes(name));
}

function refuse(feature: string): Answer {
  return problem(400, `The local target does not support ${feature}`);
}
