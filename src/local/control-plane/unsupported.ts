// What this server cannot do is refused by name, never ignored.
import { problem, type Answer } from "../answer.ts";

/** `mcp` is not among them: the SDK itself starts the gateway inside, and fails by name when the template has none. */
const absent = ["iam"] as const;

/** Null when everything asked for is possible. */
export function unsupportedFeature(body: Readonly<Record<string, unknown>>): Answer | null {
  for (const name of absent) {
    if (body[name] !== undefined && body[name] !== null) return refuse(name);
  }
  if (Array.isArray(body.volumeMounts) && body.volumeMounts.length > 0) return refuse("volumeMounts");
  return null;
}

function refuse(feature: string): Answer {
  return problem(400, `The local target does not support ${feature}`);
}
