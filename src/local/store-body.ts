// Writes a request body into an open file, up to a limit. The request itself is left alive: what is not taken must still be
// read and dropped by whoever answers it, or the next request on its connection would hang.
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";

/** The number of bytes, or `too-large`. Rejects when the client breaks off or the disk does not take them. */
export async function storeBody(body: Readable, file: FileHandle, limit: number): Promise<number | "too-large"> {
  let bytes = 0;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > limit) return "too-large";
    await file.writeFile(chunk);
  }
  return bytes;
}
