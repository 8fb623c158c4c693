// Bytes in, lines out, memory bounded: a line that grows past the limit is reported once and dropped up to its newline.

export type Line = { readonly kind: "line"; readonly text: string } | { readonly kind: "too-long" };

export interface LineReader {
  /** The lines that end in this chunk, in order; `too-long` as soon as the limit is passed, not at the newline. */
  push(chunk: Uint8Array): readonly Line[];
}

const newline = 0x0a;

/** Lines of at most `maxBytes` bytes, the newline not counted. Never holds more than that plus one chunk. */
export function openLineReader(maxBytes: number): LineReader {
  let parts: Uint8Array[] = [];
  let held = 0;
  let skipping = false;
  return {
    push(chunk) {
      const lines: Line[] = [];
      let from = 0;
      while (from < chunk.length) {
        const at = chunk.indexOf(newline, from);
        const end = at === -1 ? chunk.length : at;
        if (!skipping && held + end - from > maxBytes) {
          lines.push({ kind: "too-long" });
          skipping = true;
          parts = [];
          held = 0;
        } else if (!skipping && end > from) {
          parts.push(chunk.subarray(from, end));
          held += end - from;
        }
        if (at !== -1) {
          if (!skipping) lines.push({ kind: "line", text: join(parts, held) });
          skipping = false;
          parts = [];
          held = 0;
        }
        from = end + 1;
      }
      return lines;
    },
  };
}

function join(parts: readonly Uint8Array[], length: number): string {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return new TextDecoder().decode(whole);
}
