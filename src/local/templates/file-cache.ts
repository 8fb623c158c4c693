// The archives that COPY steps read: uploaded once under the hash the client computed, kept within bounds, never opened on
// the host. Their upload address carries its own authority, because the client sends no key there.
import { createHmac } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";
import { sameSecret } from "../signature.ts";
import { filesHashPattern } from "./parse-build.ts";

export type StoreOutcome = "stored" | "too-large" | "too-many" | "no-space" | "broken-off";

export interface FileCache {
  has(hash: string): boolean;
  /** Path and query of the address this archive may be sent to. */
  uploadTarget(templateId: string, hash: string): string;
  /** The hash an upload may be stored under, or null when the address is not one of ours or has expired. */
  admit(url: URL): string | null;
  store(hash: string, body: Readable, declaredBytes: number | null): Promise<StoreOutcome>;
  /** Host path of the archive; marks it as used now. */
  path(hash: string): string | null;
}

interface Archive {
  readonly path: string;
  readonly bytes: number;
}

const uploadPattern = /^\/upload\/([a-z0-9]+)\/([0-9a-f]{64})$/;

export function isUploadPath(path: string): boolean {
  return path.startsWith("/upload/");
}

export function createFileCache(folder: string, tools: { readonly clock: Clock; readonly random: Random }): FileCache {
  const { clock, random } = tools;
  mkdirSync(folder, { mode: 0o700 });
  const key = random.bytes(32);
  /** Least recently used first. */
  const archives = new Map<string, Archive>();
  let uploading = 0;
  let made = 0;
  const sign = (templateId: string, hash: string, expires: number): string =>
    createHmac("sha256", key).update(`${templateId}:${hash}:${expires}`).digest("hex");
  const keep = async (hash: string, archive: Archive): Promise<void> => {
    const before = archives.get(hash);
    archives.delete(hash);
    archives.set(hash, archive);
    if (before !== undefined) await rm(before.path, { force: true });
    await evict(archives);
  };
  return {
    has: (hash) => archives.has(hash),
    uploadTarget(templateId, hash) {
      const expires = clock.nowMs() + limits.uploadLifeMs;
      return `/upload/${templateId}/${hash}?expires=${expires}&signature=${sign(templateId, hash, expires)}`;
    },
    admit(url) {
      const match = uploadPattern.exec(url.pathname);
      const expires = Number(url.searchParams.get("expires"));
      if (match?.[1] === undefined || match[2] === undefined || !(expires > clock.nowMs())) return null;
      const signature = url.searchParams.get("signature") ?? "";
      return sameSecret(signature, sign(match[1], match[2], expires)) ? match[2] : null;
    },
    async store(hash, body, declaredBytes) {
      if (!filesHashPattern.test(hash)) return "broken-off";
      if (declaredBytes !== null && declaredBytes > limits.uploadBytes) return "too-large";
      if (uploading >= limits.uploadsAtOnce) return "too-many";
      uploading++;
      const path = join(folder, `${made++}.tar`);
      try {
        const bytes = await receive(body, path, declaredBytes);
        if (typeof bytes === "number") await keep(hash, { path, bytes });
        else await rm(path, { force: true });
        return typeof bytes === "number" ? "stored" : bytes;
      } finally {
        uploading--;
      }
    },
    path(hash) {
      const archive = archives.get(hash);
      if (archive === undefined) return null;
      archives.delete(hash);
      archives.set(hash, archive);
      return archive.path;
    },
  };
}

/** The size, or why nothing is kept. */
async function receive(body: Readable, path: string, declared: number | null): Promise<number | StoreOutcome> {
  let bytes = 0;
  const counted = async function* (chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > limits.uploadBytes) throw Object.assign(new Error("too large"), { code: "TOO_LARGE" });
      yield chunk;
    }
  };
  try {
    await pipeline(body, counted, createWriteStream(path, { mode: 0o600, flags: "wx" }));
    return declared !== null && declared !== bytes ? "broken-off" : bytes;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "TOO_LARGE") return "too-large";
    return code === "ENOSPC" || code === "EDQUOT" ? "no-space" : "broken-off";
  }
}

async function evict(archives: Map<string, Archive>): Promise<void> {
  let total = [...archives.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  // The one that came last stays whatever its size: a build is about to read it.
  for (const [hash, { path, bytes }] of [...archives].slice(0, -1)) {
    if (total <= limits.uploadCacheBytes) return;
    archives.delete(hash);
    total -= bytes;
    await rm(path, { force: true });
  }
}
