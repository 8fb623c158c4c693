// Collects a request body up to a limit. What exceeds it is read and dropped, never left in the socket: a connection with
// unread bytes would wedge the next request on it.
import type { ServedRequest } from "./served.ts";

const peeked = new WeakMap<ServedRequest, Buffer | null>();

/** Reads the body and lets the next reader have it again. */
export async function peekUpTo(request: ServedRequest, limit: number): Promise<Buffer | null> {
  const bytes = await readUpTo(request, limit);
  peeked.set(request, bytes);
  return bytes;
}

/** Null when the body is larger than `limit` bytes. Rejects when the client breaks off. */
export async function readUpTo(request: ServedRequest, limit: number): Promise<Buffer | null> {
  const known = peeked.get(request);
  if (known !== undefined) return known;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once("end", () => resolve(size <= limit ? Buffer.concat(chunks, size) : null));
    request.once("error", reject);
  });
}
