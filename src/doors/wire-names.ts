// Library names are camelCase, wire names snake_case (decision 1). This file is the one place that turns one into the other,
// always along a schema: keys of maps (environment variables, strategy parameters, metrics) belong to the user and stay as they are.
import { isRecord } from "../contracts/json.ts";

export type Schema = Readonly<Record<string, unknown>>;
export type FromWire =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly unknownField: string };

/** `sandboxId` -> `sandbox_id`, `priceMicroUsd` -> `price_micro_usd`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A library value in wire names. */
export function toWire(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => toWire(itemsOf(schema), item));
  if (!isRecord(value)) return value;
  const wire: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const named = propertyOf(schema, key);
    wire[named === undefined ? key : snakeCase(key)] = toWire(named ?? restOf(schema), item);
  }
  return wire;
}

/** A wire value in library names. A key that is no wire name of the schema is reported by its dotted path. */
export function fromWire(schema: Schema, value: unknown, path = ""): FromWire {
  if (Array.isArray(value)) return fromWireList(itemsOf(schema), value, path);
  if (!isRecord(value)) return { ok: true, value };
  const library: Record<string, unknown> = {};
  const names = new Map(propertyNames(schema).map((name) => [snakeCase(name), name]));
  for (const [key, item] of Object.entries(value)) {
    const name = names.get(key);
    const where = path === "" ? key : `${path}.${key}`;
    if (name === undefined && isClosed(schema)) return { ok: false, unknownField: where };
    const inner = fromWire((name === undefined ? undefined : propertyOf(schema, name)) ?? restOf(schema), item, where);
    if (!inner.ok) return inner;
    library[name ?? key] = inner.value;
  }
  return { ok: true, value: library };
}

/** The schema with its property names, and nothing else, in wire form. */
export function wireSchema(schema: Schema): Schema {
  const wire: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) wire[keyword] = wireKeyword(keyword, value);
  return wire;
}

/** The wire form of a dotted path of library names, as the validators report it. */
export function wirePath(schema: Schema, path: string): string {
  let at: Schema = schema;
  const wire: string[] = [];
  for (const key of path.split(".")) {
    const named = propertyOf(at, key);
    wire.push(named === undefined ? key : snakeCase(key));
    at = named ?? (/^\d+$/.test(key) ? itemsOf(at) : restOf(at));
  }
  return wire.join(".");
}

function fromWireList(items: Schema, list: readonly unknown[], path: string): FromWire {
  const library: unknown[] = [];
  for (const [index, item] of list.entries()) {
    const inner = fromWire(items, item, `${path}.${index}`);
    if (!inner.ok) return inner;
    library.push(inner.value);
  }
  return { ok: true, value: library };
}

function wireKeyword(keyword: string, value: unknown): unknown {
  if (keyword === "properties" && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [snakeCase(name), wireInner(inner)]));
  }
  if (keyword === "required" && Array.isArray(value)) return value.map((name) => snakeCase(String(name)));
  if (keyword === "patternProperties" && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([pattern, inner]) => [pattern, wireInner(inner)]));
  }
  if (["items", "anyOf", "oneOf", "allOf", "additionalProperties"].includes(keyword)) return wireInner(value);
  return value;
}

function wireInner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((inner) => wireInner(inner));
  return isRecord(value) ? wireSchema(value) : value;
}

/** The schema itself and the branches of its unions. */
function branchesOf(schema: Schema): Schema[] {
  const unions = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => (Array.isArray(list) ? list : []));
  return [schema, ...unions.filter((branch) => isRecord(branch)).flatMap((branch) => branchesOf(branch))];
}

/** The schema of a named property; undefined when no branch names it. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  for (const { properties } of branchesOf(schema)) {
    if (!isRecord(properties) || !Object.hasOwn(properties, name)) continue;
    const named = properties[name];
    if (isRecord(named)) return named;
  }
  return undefined;
}

export function propertyNames(schema: Schema): string[] {
  return branchesOf(schema).flatMap(({ properties }) => (isRecord(properties) ? Object.keys(properties) : []));
}

function isClosed(schema: Schema): boolean {
  return branchesOf(schema).some((branch) => branch.additionalProperties === false);
}

function itemsOf(schema: Schema): Schema {
  for (const { items } of branchesOf(schema)) if (isRecord(items)) return items;
  return {};
}

function restOf(schema: Schema): Schema {
  for (const { patternProperties, additionalProperties } of branchesOf(schema)) {
    const first = isRecord(patternProperties) ? Object.values(patternProperties)[0] : additionalProperties;
    if (isRecord(first)) return first;
  }
  return {};
}
