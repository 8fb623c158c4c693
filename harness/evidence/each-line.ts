// The lines of a file in pieces of bounded size, with the digest of the whole: a run of a million samples is never one text.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const pieceBytes = 1_048_576;

/** Hands on every whole line, numbered from 1; what follows the last newline is left out of the lines and in the digest. */
export function eachLine(
  path: string,
  take: (line: string, number: number) => void,
): { readonly sha256: string; readonly records: number } {
  const digest = createHash("sha256");
  const piece = Buffer.alloc(pieceBytes);
  const file = openSync(path, "r");
  let rest: Buffer = Buffer.alloc(0);
  let records = 0;
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      digest.update(piece.subarray(0, read));
      const text = Buffer.concat([rest, piece.subarray(0, read)]);
      let from = 0;
      for (let end = text.indexOf(10); end >= 0; end = text.indexOf(10, from)) {
        records += 1;
        take(text.toString("utf8", from, end), records);
        from = end + 1;
      }
      rest = text.subarray(from);
    }
  } finally {
    closeSync(file);
  }
  return { sha256: digest.digest("hex"), records };
}
