// One message of a Connect stream: a byte of flags, four bytes of length, JSON.

export const endOfStream = 2;

export function connectEnvelope(flags: number, message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}
