// One pass over a file in pieces of bounded size: digest of the whole, chain and root at the counts that somebody signed, and
// each line handed on. Law: no file, however long, is held in memory as a whole.
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { openLineDigest, type LineState } from "./digests.ts";

export interface FileDigest extends LineState {
  readonly sha256: string;
  /** Bytes after the last newline: a line that was never finished. */
  readonly cut: boolean;
  /** State after each wanted count that the file reaches. */
  readonly states: ReadonlyMap<number, LineState>;
}

const pieceBytes = 1_048_576;

/** `each` gets a view that is only valid during the call, and the line's number from 1. */
export function readLines(
  path: string,
  wanted: ReadonlySet<number>,
  each: (line: Buffer, number: number) => void = () => {},
): FileDigest {
  const whole = createHash("sha256");
  const lines = openLineDigest();
  const states = new Map([[0, lines.state()]]);
  let number = 0;
  const rest = readPieces(
    path,
    (line) => {
      number += 1;
      lines.add(line);
      each(line, number);
      if (wanted.has(number)) states.set(number, lines.state());
    },
    (piece) => whole.update(piece),
  );
  const last = lines.state();
  states.set(number, last);
  return { ...last, sha256: whole.digest("hex"), cut: rest > 0, states };
}

/** Bytes left after the last newline. */
function readPieces(path: string, onLine: (line: Buffer) => void, onPiece: (piece: Buffer) => void): number {
  const file = openSync(path, "r");
  try {
    let buffer = Buffer.alloc(2 * pieceBytes);
    let held = 0;
    for (;;) {
      if (buffer.length - held < pieceBytes) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const read = readSync(file, buffer, held, pieceBytes, null);
      if (read === 0) return held;
      onPiece(buffer.subarray(held, held + read));
      const end = held + read;
      let from = 0;
      let next = buffer.indexOf(10, held);
      while (next >= 0 && next < end) {
        onLine(buffer.subarray(from, next));
        from = next + 1;
        next = buffer.indexOf(10, from);
      }
      buffer.copyWithin(0, from, end);
      held = end - from;
    }
  } finally {
    closeSync(file);
  }
}
