// What a caller hands in, checked once: names, form, size, digest, life. Steps are given drafts and nothing else.
import { hash } from "node:crypto";
import { canonicalJson, type Json } from "../../contracts/json.ts";
import { checkFamily } from "../../contracts/record-keys.ts";
import type { PutOptions, WriteOptions } from "../../contracts/record-write.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { defaultTtlSeconds, maxNameBytes, maxValueBytes } from "./limits.ts";

// Types, not interfaces: what travels to the owner of the file must be plain JSON to the compiler.
export type Draft = {
  readonly namespace: string;
  readonly key: string;
  /** Canonical JSON. */
  readonly text: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly writer: string;
  readonly ttlMs: number | null;
};

/** Throws `usage.invalid` for a bad name, value or life, `memory.schema`, `memory.too-large` above 1 MiB. */
export function draft(namespace: string, key: string, value: Json, options: PutOptions): Draft {
  checkName("namespace", namespace);
  checkName("key", key);
  checkWriter(options);
  const kept = canonicalText(`${namespace}/${key}`, value);
  checkFamily(key, value);
  return { namespace, key, ...kept, writer: options.writer, ttlMs: ttlMs(options.ttlSeconds) };
}

export type Kept = { readonly text: string; readonly sha256: string; readonly bytes: number };

/** Canonical text of a value with its digest. Throws `usage.invalid`, `memory.too-large`. */
export function canonicalText(what: string, value: Json): Kept {
  const text = canonical(what, value);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxValueBytes) {
    throw new SwarmError(
      "memory.too-large",
      `Cannot store ${what}: ${bytes} bytes, at most ${maxValueBytes} are accepted`,
      { hint: "Store a digest, or split the value over several keys", details: { bytes, limit: maxValueBytes } },
    );
  }
  return { text, sha256: digest(text), bytes };
}

export function digest(text: string): string {
  return hash("sha256", text);
}

/** Names are non-empty, at most 512 bytes, well-formed Unicode without control characters. */
export function checkName(field: string, name: string): void {
  const bytes = Buffer.byteLength(name);
  const fits = bytes >= 1 && bytes <= maxNameBytes;
  if (fits && !/[\p{Cc}\p{Cs}]/u.test(name)) return;
  throw new SwarmError("usage.invalid", `Cannot use ${JSON.stringify(name.slice(0, 40))} as a ${field}`, {
    hint: `A ${field} has 1 to ${maxNameBytes} bytes and no control characters`,
    details: { field, bytes },
  });
}

export function checkWriter({ writer, fence }: WriteOptions): void {
  checkName("writer", writer);
  if (fence === undefined) return;
  if (fence.namespace !== undefined) checkName("namespace", fence.namespace);
  checkName("lease", fence.lease);
  checkCount("token", fence.token, 1, Number.MAX_SAFE_INTEGER);
}

/** A whole number within bounds. Throws `usage.invalid`. */
export function checkCount(field: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new SwarmError("usage.invalid", `Cannot use ${value} as ${field}`, {
    hint: `${field} is a whole number from ${least} to ${most}`,
    details: { field },
  });
}

function canonical(what: string, value: Json): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError("usage.invalid", `Cannot store ${what}: ${reason}`, {
      hint: "Store plain JSON without cycles, NaN or Infinity",
      cause,
    });
  }
}

/** Milliseconds of a life given in seconds; the default when absent. */
export function ttlMs(given: number | null | undefined): number | null {
  const seconds = given === undefined ? defaultTtlSeconds : given;
  if (seconds === null) return null;
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 1e9) return Math.ceil(seconds * 1_000);
  throw new SwarmError("usage.invalid", `Cannot let an entry live ${seconds} seconds`, {
    hint: "ttlSeconds is above 0 and at most 1e9, or null for ever",
  });
}
