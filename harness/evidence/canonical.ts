// Canonical JSON for evidence: RFC 8785 restricted to safe integers, strings, booleans, null, lists and objects.
// Law: measurement §9, "any other number throws".
import { canonicalJson, type Json } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";

/** A value from anywhere, or a typed record: checked here instead of by a type, since interfaces carry no index. */
export function canonicalLine(value: unknown): string {
  return canonicalJson(evidenceJson(value, "$"));
}

/** The value as JSON that may stand in evidence. Throws `evidence.invalid` naming the place. */
export function evidenceJson(value: unknown, place: string): Json {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    if (Buffer.from(value).toString() !== value) throw invalid(place, "a string with half of a surrogate pair");
    return value;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw invalid(place, `the number ${value}, which is no safe integer`);
    return value === 0 ? 0 : value;
  }
  if (Array.isArray(value)) return value.map((item: unknown, index) => evidenceJson(item, `${place}[${index}]`));
  if (typeof value === "object") {
    const members: Record<string, Json> = {};
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) members[key] = evidenceJson(member, `${place}.${key}`);
    }
    return members;
  }
  throw invalid(place, `a ${typeof value}`);
}

function invalid(place: string, what: string): SwarmError {
  return new SwarmError("evidence.invalid", `Cannot write evidence: ${place} holds ${what}`, {
    hint: "Give durations as whole nanoseconds and shares as whole parts per million",
    details: { place },
  });
}
