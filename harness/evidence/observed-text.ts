// How any value becomes the text of an observation: canonical JSON where it has one, cut at 2,000 characters with the
// SHA-256 of the whole appended, so that two long values are equal exactly when their texts are.
import { createHash } from "node:crypto";

export const longestObservation = 2_000;

/** Canonical text. Fractions are written as JSON numbers inside the text: the text is evidence, not a figure. */
export function observedText(value: unknown): string {
  const text = wellFormed(stable(value, 0));
  if (text.length <= longestObservation) return text;
  const digest = createHash("sha256").update(text).digest("hex");
  return `${wellFormed(text.slice(0, longestObservation))}…sha256:${digest}`;
}

/** Half surrogate pairs have no UTF-8 form and become the replacement character. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Deeper values are named, not followed: a cycle ends here. */
const deepest = 32;

function stable(value: unknown, depth: number): string {
  if (depth > deepest) return '"[too deep]"';
  if (value === undefined) return '"[undefined]"';
  if (typeof value === "bigint") return JSON.stringify(`${value}n`);
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(`[${value}]`);
  if (typeof value === "function" || typeof value === "symbol") return JSON.stringify(`[${typeof value}]`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value.toISOString());
  if (value instanceof Error) return stable({ error: value.name, message: value.message }, depth + 1);
  if (value instanceof Map) return stable({ map: [...value] }, depth + 1);
  if (value instanceof Set) return stable({ set: [...value] }, depth + 1);
  if (value instanceof Uint8Array) return JSON.stringify(`base64:${Buffer.from(value).toString("base64")}`);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => stable(item, depth + 1)).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${stable(member, depth + 1)}`);
  return `{${members.join(",")}}`;
}
