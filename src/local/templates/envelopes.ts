// Takes a stream of Connect envelopes apart: flags, length, JSON. Written for an agent that may lie about all three.
import { isRecord } from "../../contracts/json.ts";
import { limits } from "../limits.ts";

const headerBytes = 5;

/** The reader answers false once the stream is not what it claims to be; nothing more is read then. */
export function readEnvelopes(
  take: (message: Readonly<Record<string, unknown>>) => void,
): (chunk: Buffer) => boolean {
  let held: Buffer = Buffer.alloc(0);
  let broken = false;
  return (chunk) => {
    if (broken) return false;
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= headerBytes) {
      const length = held.readUInt32BE(1);
      if (length > limits.agentFrameBytes) {
        broken = true;
        return false;
      }
      if (held.length < headerBytes + length) return true;
      const message = parse(held.subarray(headerBytes, headerBytes + length).toString("utf8"));
      held = held.subarray(headerBytes + length);
      if (message === null) {
        broken = true;
        return false;
      }
      take(message);
    }
    return true;
  };
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
