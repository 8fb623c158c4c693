// What a caller hands in, checked once: names, size, digest, life. Both stores write drafts and nothing else.
import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "../contracts/json.ts";
import type { PutOptions } from "../contracts/record-store.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { defaultTtlSeconds, maxNameBytes, maxValueBytes } from "./limits.ts";

export interface Draft {
  readonly namespace: string;
  readonly key: string;
  /** Canonical JSON. */
  readonly text: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly writer: string;
  readonly ttlMs: number | null;
}

/** Throws `usage.invalid` for a bad name, value or life, `memory.too-large` above 1 MiB. */
export function draft(namespace: string, key: string, value: Json, options: PutOptions): Draft {
  checkName("namespace", namespace);
  checkName("key", key);
  checkName("writer", options.writer);
  const text = canonical(namespace, key, value);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxValueBytes) {
    throw new SwarmError(
      "memory.too-large",
      `Cannot store ${namespace}/${key}: ${bytes} bytes, at most ${maxValueBytes} are accepted`,
      { hint: "Store a digest, or split the value over several keys", details: { bytes, limit: maxValueBytes } },
    );
  }
  return { namespace, key, text, sha256: digest(text), bytes, writer: options.writer, ttlMs: ttlMs(options) };
}

export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
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

function canonical(namespace: string, key: string, value: Json): string {
  try {
    return canonicalJson(value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SwarmError("usage.invalid", `Cannot store ${namespace}/${key}: ${reason}`, {
      hint: "Store plain JSON without cycles, NaN or Infinity",
      cause,
    });
  }
}

function ttlMs(options: PutOptions): number | null {
  const seconds = options.ttlSeconds === undefined ? defaultTtlSeconds : options.ttlSeconds;
  if (seconds === null) return null;
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 1e9) return Math.ceil(seconds * 1_000);
  throw new SwarmError("usage.invalid", `Cannot let an entry live ${seconds} seconds`, {
    hint: "ttlSeconds is above 0 and at most 1e9, or null for ever",
  });
}
