// A reader of canonical JSON that accepts nothing else: keys ascending, no blanks, safe integers, shortest escapes. Written
// from RFC 8785 on its own, so that writer and reader do not share a mistake.
import { isUtf8 } from "node:buffer";

/** Deepest nesting any file of a bundle has. */
const deepest = 64;

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

export function parseCanonical(text: string): Parsed {
  const quick = readPlain(text);
  if (quick !== undefined) return { ok: true, value: quick };
  try {
    const reader = { text, at: 0 };
    const value = readValue(reader, 0);
    if (reader.at !== text.length) return { ok: false, problem: `text after the value at character ${reader.at}` };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : "unreadable" };
  }
}

/** The same for bytes, which must be UTF-8: a byte that is none would otherwise turn into a replacement character. */
export function parseCanonicalBytes(bytes: Uint8Array): Parsed {
  if (!isUtf8(bytes)) return { ok: false, problem: "not UTF-8" };
  return parseCanonical(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
}

/**
 * The value of text that is plainly canonical: what the platform's own reader and writer turn back into the same text, with keys
 * in order and whole numbers. Undefined for all else, which the reader below then judges and explains.
 */
function readPlain(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return isPlain(value, 0) && JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "string") return true;
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  let before = "";
  for (const [key, member] of Object.entries(value)) {
    if (!(before < key) || !isPlain(member, depth + 1)) return false;
    before = key;
  }
  return true;
}

interface Reader {
  readonly text: string;
  at: number;
}

function readValue(reader: Reader, depth: number): unknown {
  if (depth > deepest) throw new Error("nested too deep");
  const next = reader.text[reader.at];
  if (next === "{") return readObject(reader, depth);
  if (next === "[") return readList(reader, depth);
  if (next === '"') return readString(reader);
  for (const [word, value] of words) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return value;
    }
  }
  return readInteger(reader);
}

const words: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readObject(reader: Reader, depth: number): unknown {
  const members: [string, unknown][] = [];
  let before: string | null = null;
  expectCharacter(reader, "{");
  while (reader.text[reader.at] !== "}") {
    if (before !== null) expectCharacter(reader, ",");
    const key = readString(reader);
    if (before !== null && !(before < key)) throw new Error(`key "${key}" is repeated or out of order`);
    expectCharacter(reader, ":");
    members.push([key, readValue(reader, depth + 1)]);
    before = key;
  }
  expectCharacter(reader, "}");
  return Object.fromEntries(members);
}

function readList(reader: Reader, depth: number): unknown {
  const items: unknown[] = [];
  expectCharacter(reader, "[");
  while (reader.text[reader.at] !== "]") {
    if (items.length > 0) expectCharacter(reader, ",");
    items.push(readValue(reader, depth + 1));
  }
  expectCharacter(reader, "]");
  return items;
}

const integer = /-?(?:0|[1-9][0-9]*)/y;

function readInteger(reader: Reader): number {
  integer.lastIndex = reader.at;
  const found = integer.exec(reader.text)?.[0];
  if (found === undefined) throw new Error(`no value at character ${reader.at}`);
  reader.at += found.length;
  if (/[.eE]/.test(reader.text[reader.at] ?? "")) throw new Error(`a fraction at character ${reader.at}`);
  const value = Number(found);
  if (!Number.isSafeInteger(value) || found === "-0") throw new Error(`the number ${found} is no safe integer`);
  return value;
}

// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const quoted = /"(?:[^"\\\u0000-\u001f]|\\["\\bfnrt]|\\u00[01][0-9a-f])*"/y;

function readString(reader: Reader): string {
  quoted.lastIndex = reader.at;
  const found = quoted.exec(reader.text)?.[0];
  if (found === undefined) throw new Error(`no canonical string at character ${reader.at}`);
  reader.at += found.length;
  const value: unknown = JSON.parse(found);
  if (typeof value !== "string" || JSON.stringify(value) !== found) throw new Error("a string is not written shortest");
  return value;
}

function expectCharacter(reader: Reader, wanted: string): void {
  if (reader.text[reader.at] !== wanted) throw new Error(`no ${wanted} at character ${reader.at}`);
  reader.at += 1;
}
