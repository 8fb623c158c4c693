// Digests recomputed from the bytes on disk: whole file, hash chain, Merkle tree. Law: measurement §9, written from RFC 6962
// by its own recursive definition.
import { createHash } from "node:crypto";

export function digestHex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function digest(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

/** Lines as bytes, without newlines; the rest after the last newline is not a line. */
export function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let end = bytes.indexOf(10, from); end >= 0; end = bytes.indexOf(10, from)) {
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

export function chainOf(lines: readonly Uint8Array[]): string {
  let head: Uint8Array = new Uint8Array(32);
  for (const line of lines) head = digest(head, digest(line));
  return Buffer.from(head).toString("hex");
}

export function treeOf(lines: readonly Uint8Array[]): string {
  return Buffer.from(subtree(lines)).toString("hex");
}

function subtree(lines: readonly Uint8Array[]): Uint8Array {
  const [only] = lines;
  if (only === undefined) return digest();
  if (lines.length === 1) return digest(Buffer.from([0]), only);
  let split = 1;
  while (split * 2 < lines.length) split *= 2;
  return digest(Buffer.from([1]), subtree(lines.slice(0, split)), subtree(lines.slice(split)));
}
