// What this server cannot do is refused by name, never ignored.
import { isRecord } from "../../contracts/json.ts";
import { problem, type Answer } from "../answer.ts";

const absent = ["mcp", "iam"] as const;

/**
 * Null when everything asked for is possible. An explicit `allow_internet_access: true` is accepted because SDKs up to
 * 2.45 always send it; the detail and the label say what the network really is.
 */
export function unsupportedFeature(body: Readonly<Record<string, unknown>>): Answer | null {
  for (const name of absent) {
    if (body[name] !== undefined && body[name] !== null) return refuse(name);
  }
  if (Array.isArray(body.volumeMounts) && body.volumeMounts.length > 0) return refuse("volumeMounts");
  if (body.autoPause === true) return refuse("autoPause");
  if (isRecord(body.autoResume) && body.autoResume.enabled === true) return refuse("autoResume");
  return null;
}

function refuse(feature: string): Answer {
  return problem(400, `The local target does not support ${feature}`);
}
