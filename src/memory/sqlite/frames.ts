// Frames on the socket: four bytes of length, then that much JSON. A frame that grows past the limit ends the conversation.
import { maxFrameBytes } from "../core/limits.ts";

const headBytes = 4;

export function frame(value: object): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

export interface FrameReader {
  /** The frames that end in this chunk. Throws when one is too large or no JSON. */
  push(chunk: Buffer): readonly unknown[];
}

export function openFrameReader(): FrameReader {
  let parts: Buffer[] = [];
  let held = 0;
  return {
    push(chunk) {
      parts.push(chunk);
      held += chunk.length;
      const frames: unknown[] = [];
      let bytes = held < headBytes ? null : Buffer.concat(parts, held);
      if (bytes === null) return frames;
      for (;;) {
        const length = bytes.length < headBytes ? null : bytes.readUInt32BE();
        if (length !== null && length > maxFrameBytes) throw new Error(`a frame of ${length} bytes`);
        if (length === null || bytes.length < headBytes + length) break;
        frames.push(JSON.parse(bytes.toString("utf8", headBytes, headBytes + length)));
        bytes = bytes.subarray(headBytes + length);
      }
      parts = [bytes];
      held = bytes.length;
      return frames;
    },
  };
}
