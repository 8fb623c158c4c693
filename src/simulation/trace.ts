// A digest of everything that happened, in order. Two runs with one digest took the same steps; totals alone could agree by
// chance. Numbers go in as they are in memory: turning millions of them into text would cost more than simulating.
import { createHash } from "node:crypto";

export interface Trace {
  readonly add: (value: number) => void;
  readonly addText: (text: string) => void;
  /** A word of a small vocabulary: hashed once, remembered. */
  readonly addWord: (word: string) => void;
  readonly digest: () => string;
}

const blockNumbers = 8_192;

export function openTrace(): Trace {
  const hash = createHash("sha256");
  const block = new Float64Array(blockNumbers);
  const words = new Map<string, number>();
  let filled = 0;
  const flush = (): void => {
    hash.update(new Uint8Array(block.buffer, 0, filled * Float64Array.BYTES_PER_ELEMENT));
    filled = 0;
  };
  const add = (value: number): void => {
    if (filled === blockNumbers) flush();
    block[filled++] = value;
  };
  return {
    add,
    addText: (text) => add(mixed(text)),
    addWord(word) {
      const known = words.get(word);
      if (known !== undefined) return add(known);
      words.set(word, mixed(word));
      add(mixed(word));
    },
    digest() {
      flush();
      return hash.copy().digest("hex");
    },
  };
}

/** FNV-1a over UTF-16 code units: one number per text. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
