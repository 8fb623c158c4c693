// File metadata: extended attributes below `user.e2b.`, so it moves with the file, stays in snapshots, and what a program
// inside sets with its own tools is seen too. An upload replaces the whole set.
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { KernelDoor } from "../kernel/kernel-door.ts";
import { rpcError } from "../rpc-error.ts";

/** A map, because a key may have any name, `__proto__` too. */
export type Metadata = ReadonlyMap<string, string>;

const headerPrefix = "x-metadata-";
const attributePrefix = "user.e2b.";
/** The kernel's limit for a name, less the prefix. */
const maxKeyBytes = 255 - attributePrefix.length;
/** What ext4 can keep beside one file. */
const maxTotalBytes = 4096;
/** Kernel limits for all names and for one value. */
const namesRoom = 65_536;
const valueRoom = 65_536;
const notSupported = new Set(["ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Of a header sent twice the first counts. Throws `invalid_argument` for what the attributes of a file cannot hold. */
export function metadataOf(request: Pick<IncomingMessage, "headersDistinct">): Metadata {
  const found = new Map<string, string>();
  let total = 0;
  for (const [header, [value = ""] = []] of Object.entries(request.headersDistinct)) {
    if (!header.startsWith(headerPrefix) || header === headerPrefix) continue;
    const key = header.slice(headerPrefix.length);
    if (key.length > maxKeyBytes) throw invalid(`metadata key "${key}" exceeds ${maxKeyBytes} bytes`);
    printable("key", key);
    printable(`value for key "${key}"`, value);
    total += attributePrefix.length + key.length + value.length;
    found.set(key, value);
  }
  if (total > maxTotalBytes) throw invalid(`total metadata size ${total} exceeds ${maxTotalBytes} bytes`);
  return found;
}

function printable(label: string, text: string): void {
  const at = text.search(/[^\x20-\x7e]/);
  if (at === -1) return;
  const byte = text.charCodeAt(at).toString(16).padStart(2, "0");
  throw invalid(`metadata ${label} contains non-printable-ASCII byte 0x${byte} at offset ${at}`);
}

function invalid(sentence: string): Error {
  return rpcError("invalid_argument", `invalid metadata: ${sentence}`);
}

/** A part of an entry, empty when there is none or where nothing can tell. Never fails: an entry without metadata is still an entry. */
export async function readMetadata(
  kernel: KernelDoor,
  path: string,
): Promise<{ readonly metadata?: Readonly<Record<string, string>> }> {
  if (kernel.missing !== null) return {};
  try {
    const found: [string, string][] = [];
    for (const name of await attributes(kernel, path)) {
      const value = await kernel.call("getxattr", [path, name, { room: valueRoom }, valueRoom]).catch(() => null);
      // What a program inside stored may be any bytes; the wire takes text only.
      if (value !== null && isUtf8(value.bytes))
        found.push([name.slice(attributePrefix.length), value.bytes.toString("utf8")]);
    }
    return found.length === 0 ? {} : { metadata: Object.fromEntries(found) };
  } catch {
    return {};
  }
}

/** A file system without attributes (a tmpfs of old) keeps the file and loses its metadata, as envd does. */
export async function writeMetadata(
  kernel: KernelDoor,
  path: string,
  metadata: Metadata,
  isNew: boolean,
): Promise<void> {
  if (metadata.size === 0 && (isNew || kernel.missing !== null)) return;
  if (kernel.missing !== null) {
    throw rpcError("unimplemented", `file metadata needs ${kernel.missing}, which this sandbox does not have`);
  }
  try {
    for (const name of isNew ? [] : await attributes(kernel, path)) {
      if (!metadata.has(name.slice(attributePrefix.length))) await kernel.call("removexattr", [path, name]);
    }
    for (const [key, value] of metadata) {
      await kernel.call("setxattr", [path, `${attributePrefix}${key}`, value, value.length, 0]);
    }
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && notSupported.has(String(cause.code)))) throw cause;
  }
}

async function attributes(kernel: KernelDoor, path: string): Promise<string[]> {
  const { bytes } = await kernel.call("listxattr", [path, { room: namesRoom }, namesRoom]);
  const names = bytes.toString("utf8").split("\0");
  return names.filter((name) => name.startsWith(attributePrefix));
}
