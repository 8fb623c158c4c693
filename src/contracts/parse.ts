// `unknown` comes in, a parsed type goes on. Validators are precompiled (tools/schemas.mjs); defaults are filled in a copy.
import { createRequire } from "node:module";
import { SwarmError } from "./swarm-error.ts";
import type { FaultCode } from "./faults.ts";
import type { SchemaId, SchemaValue } from "./schemas.ts";

interface Problem {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly Problem[] | null;
}
type Parsed<Id extends SchemaId> =
  | { readonly ok: true; readonly value: SchemaValue<Id> }
  | { readonly ok: false; readonly field: string; readonly problem: string };

const require = createRequire(import.meta.url);
const validators = new Map<SchemaId, Validator>();
const schemas = new Map<SchemaId, Readonly<Record<string, unknown>>>();

/** The JSON Schema (2020-12) behind an id, as doors publish it. */
export function jsonSchema(id: SchemaId): Readonly<Record<string, unknown>> {
  return schemas.get(id) ?? load(schemas, id, `schemas/${id}.json`);
}

/** Checks a value; names the first offending field and what it wanted. */
export function check<Id extends SchemaId>(id: Id, value: unknown): Parsed<Id> {
  const validate = validators.get(id) ?? load(validators, id, `validators/${id}.cjs`);
  const copy: unknown = structuredClone(value);
  if (accepts<Id>(validate, copy)) return { ok: true, value: copy };
  return { ok: false, ...describe(validate.errors?.[0], copy) };
}

/** Like `check`, but throws `code` (default `usage.invalid`) with the field, the current and the wanted state. */
export function parse<Id extends SchemaId>(id: Id, value: unknown, code: FaultCode = "usage.invalid"): SchemaValue<Id> {
  const parsed = check(id, value);
  if (parsed.ok) return parsed.value;
  throw new SwarmError(code, `Cannot accept ${parsed.field || id}: it ${parsed.problem}`, {
    hint: `Correct ${parsed.field || "the value"} and try again`,
    details: { field: parsed.field, schema: id },
  });
}

/** Only what is asked for is read: all validators together are two megabytes. */
function load<Value>(known: Map<SchemaId, Value>, id: SchemaId, file: string): Value {
  try {
    const value: Value = require(`./generated/${file}`);
    known.set(id, value);
    return value;
  } catch (thrown) {
    throw new Error(`Invariant broken: no generated ${file}; run npm run build`, { cause: thrown });
  }
}

function accepts<Id extends SchemaId>(validate: Validator, value: unknown): value is SchemaValue<Id> {
  return validate(value);
}

function describe(problem: Problem | undefined, root: unknown): { field: string; problem: string } {
  if (problem === undefined) return { field: "", problem: "is not acceptable" };
  const path = problem.instancePath.split("/").slice(1);
  const { params } = problem;
  if (problem.keyword === "additionalProperties") {
    return { field: [...path, String(params.additionalProperty)].join("."), problem: "is not a known field" };
  }
  if (problem.keyword === "required") {
    return { field: [...path, String(params.missingProperty)].join("."), problem: "is missing" };
  }
  const current = brief(path.reduce<unknown>(member, root));
  if (problem.keyword === "enum") {
    const allowed = Array.isArray(params.allowedValues) ? params.allowedValues.join(", ") : "";
    return { field: path.join("."), problem: `is ${current} but must be one of ${allowed}` };
  }
  return { field: path.join("."), problem: `is ${current} but ${problem.message ?? "is not acceptable"}` };
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
