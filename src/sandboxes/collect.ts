// A stream's text up to a limit. What is beyond is dropped, and the text ends by saying so.

export interface Collector {
  add(chunk: string): void;
  text(): string;
}

export function collectUpTo(maxBytes: number): Collector {
  const parts: string[] = [];
  let bytes = 0;
  let dropped = 0;
  return {
    add(chunk) {
      const size = Buffer.byteLength(chunk);
      if (dropped === 0 && bytes + size <= maxBytes) {
        bytes += size;
        parts.push(chunk);
        return;
      }
      if (dropped === 0)
        parts.push(
          Buffer.from(chunk)
            .subarray(0, maxBytes - bytes)
            .toString(),
        );
      dropped += dropped === 0 ? bytes + size - maxBytes : size;
    },
    text: () =>
      parts.join("") + (dropped === 0 ? "" : `\n[${dropped} more bytes were dropped at the limit of ${maxBytes}]\n`),
  };
}
