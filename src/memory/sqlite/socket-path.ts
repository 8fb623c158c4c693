// Where the owner of a record file listens: beside the file. The system allows about a hundred bytes for such a path, so a
// longer one is named through a handle of its folder.
import { closeSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const maxPathBytes = 100;

export interface SocketPath {
  readonly path: string;
  /** Call when the socket is bound or connected. */
  readonly release: () => void;
}

export function socketPath(record: string): SocketPath {
  const path = `${record}.sock`;
  if (Buffer.byteLength(path) <= maxPathBytes) return { path, release: () => undefined };
  const folder = openSync(dirname(record), "r");
  return { path: join("/proc/self/fd", String(folder), basename(path)), release: () => closeSync(folder) };
}
