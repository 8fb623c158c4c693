// Writes one uploaded body to a path: parents made, file given to the user, existing file truncated, metadata replaced.
// A name that is no file (a pipe without a reader, a device) is refused and never waited for.
import { constants } from "node:fs";
import { chown, open, stat, type FileHandle } from "node:fs/promises";
import { dirname, posix } from "node:path";
import type { Readable } from "node:stream";
import type { Agent } from "../agent.ts";
import type { Message } from "../connect.ts";
import { giveTo, makeFolders } from "../filesystem/folders.ts";
import { realPath } from "../paths.ts";
import type { User } from "../users.ts";
import { doing, httpProblem, isDiskFull, isSystemError } from "./file-problem.ts";
import { readMetadata, writeMetadata, type Metadata } from "./metadata.ts";

const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;

export interface Upload {
  /** Absolute path as the client sees it. */
  readonly path: string;
  readonly user: User;
  readonly metadata: Metadata;
  readonly body: Readable;
  /** For the text of a full disk; 0 when unknown. */
  readonly announcedBytes: number;
}

export async function storeFile(agent: Agent, upload: Upload): Promise<Message> {
  const { path, user } = upload;
  const real = realPath(agent, path);
  await doing("error ensuring directories", makeFolders(agent, dirname(real), user));
  const found = await stat(real).catch((cause: unknown) => {
    if (isSystemError(cause, "ENOENT")) return null;
    throw cause;
  });
  if (found?.isDirectory() === true) throw httpProblem(400, `path is a directory: ${path}`);
  if (found !== null && !found.isFile()) throw httpProblem(400, `path is not a regular file: ${path}`);
  if (found !== null) await doing("error changing file ownership", giveTo(agent, real, user, chown));
  const file = await doing("error opening file", open(real, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o666));
  try {
    // By descriptor, so that nobody can slip another file under the name meanwhile.
    const own = `/proc/${process.pid}/fd/${file.fd}`;
    if (found === null) await doing("error changing file ownership", giveTo(agent, own, user, chown));
    await fill(file, upload);
    const isNew = found === null;
    await doing("error writing file metadata", writeMetadata(agent.kernel, own, upload.metadata, isNew));
    const told = isNew && upload.metadata.size === 0 ? {} : await readMetadata(agent.kernel, own);
    return { path, name: posix.basename(path), type: "file", ...told };
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, { body, announcedBytes }: Upload): Promise<void> {
  const write = async (): Promise<void> => {
    // A body that is given up half-way is drained later; destroyed, it would take the answer's connection with it.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      const bytes: Uint8Array = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
      for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
    }
  };
  await write().catch((cause: unknown) => {
    if (!isDiskFull(cause)) throw cause;
    const size = announcedBytes > 0 ? `attempted to write ${announcedBytes} bytes: ` : "";
    throw httpProblem(507, `${size}not enough disk space available`);
  });
}
