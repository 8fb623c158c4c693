// The key families of the reference swarm. Under a key of a family only values of its form are accepted; other keys hold any
// JSON.
import type { Json } from "./json.ts";
import { check } from "./parse.ts";
import type { SchemaId } from "./schemas.ts";
import { SwarmError } from "./swarm-error.ts";

export interface KeyFamily {
  /** Whole keys of the family; the middle is the agent. */
  readonly keys: RegExp;
  readonly schema: SchemaId;
}

export const keyFamilies: readonly KeyFamily[] = [
  { keys: /^swarm\/[^/]+\/market_data$/, schema: "record.market-data" },
  { keys: /^swarm\/[^/]+\/sentiment$/, schema: "record.sentiment" },
  { keys: /^swarm\/[^/]+\/signal$/, schema: "record.signal" },
  { keys: /^swarm\/[^/]+\/ballot$/, schema: "record.ballot" },
  { keys: /^swarm\/[^/]+\/decision$/, schema: "record.decision" },
];

/** Throws `memory.schema` when the key promises another form than the value has. */
export function checkFamily(key: string, value: Json): void {
  if (!key.startsWith("swarm/")) return;
  const family = keyFamilies.find(({ keys }) => keys.test(key));
  if (family === undefined) return;
  const parsed = check(family.schema, value);
  if (parsed.ok) return;
  throw new SwarmError("memory.schema", `Cannot store ${key}: ${parsed.field || "the value"} ${parsed.problem}`, {
    hint: `Values under ${key} have the form ${family.schema}`,
    details: { key, schema: family.schema, field: parsed.field },
  });
}
