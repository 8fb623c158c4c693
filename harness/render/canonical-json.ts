// Canonical JSON (RFC 8785) on the values this project writes: safe integers, strings, booleans, null, arrays, objects.
// Anything else throws, so that a float or a hole can never reach a file.

export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value))
      throw new Error(`Cannot write ${value} as canonical JSON: only safe integers are allowed`);
    return JSON.stringify(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  throw new Error(`Cannot write a value of type ${typeof value} as canonical JSON`);
}
