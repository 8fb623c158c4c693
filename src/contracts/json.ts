// JSON values and RFC 8785 canonical form on what we allow: safe integers, finite decimals where a schema permits them,
// strings, booleans, null, arrays, plain objects. Keys sort by UTF-16 code unit, as JavaScript compares strings.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Canonical JSON text. `undefined` members are left out, as JSON.stringify does. Throws on non-finite numbers. */
export function canonicalJson(value: Json): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`No JSON form for the number ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // Prices and volumes by the hundred: written at once, each as it would be alone.
  if (isFigures(value)) return JSON.stringify(value);
  if (isList(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

function isFigures(value: object): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((item) => Number.isFinite(item));
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
