// What this server cannot do is refused by name, never ignored.
import { problem, type Answer } from "../answer.ts";
import { holdsSecretMarker } from "../secrets/store.ts";

/** `mcp` is not among them: the SDK itself starts the gateway inside, and fails by name when the template has none. */
const absent = ["iam"] as const;

/** Null when everything asked for is possible. */
export function unsupportedFeature(body: Readonly<Record<string, unknown>>): Answer | null {
  for (const name of absent) {
    if (body[name] !== undefined && body[name] !== null) return refuse(name);
  }
  if (holdsSecretMarker([body.network, body.envVars]))
    return refuse("secrets in traffic: without an egress proxy a ${e2b.secrets.…} marker would never be filled in");
  return null;
}

function refuse(feature: string): Answer {
  return problem(400, `The local target does not support ${feature}`);
}
