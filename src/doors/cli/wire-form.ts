// The data of the JSON envelope: the library's result in wire names, plus the short names the command line has always printed.
// This is the only place that adds them:
//   a sandbox (sandbox_id with resources, or a terminated one)  also says  id  = sandbox_id
//   an agent  (agent_id with deployed_at)                       also says  id  = agent_id
//   resources (cpu_count)                                       also say   cpu = cpu_count
import { isRecord } from "../../contracts/json.ts";
import { jsonSchema } from "../../contracts/parse.ts";
import type { SchemaId } from "../../contracts/schemas.ts";
import { toWire } from "../wire-names.ts";

export function wireForm(schema: SchemaId, value: unknown): unknown {
  return withShortNames(toWire(jsonSchema(schema), value));
}

function withShortNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withShortNames(item));
  if (!isRecord(value)) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withShortNames(item)]));
  return { ...shortNames(value), ...inner };
}

function shortNames(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if ("agent_id" in value && "deployed_at" in value) return { id: value.agent_id };
  if ("sandbox_id" in value && ("resources" in value || "terminated_at" in value)) return { id: value.sandbox_id };
  if ("cpu_count" in value) return { cpu: value.cpu_count };
  return {};
}
