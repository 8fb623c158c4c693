// Files of a sandbox, whole and in memory, so their size is bounded.
import { SwarmError } from "../contracts/swarm-error.ts";
import { maxFileBytes, requestTimeoutMs } from "./limits.ts";
import type { Reach } from "./reach.ts";

export function readFile(reach: Reach, sandboxId: string, path: string): Promise<Uint8Array> {
  return reach.use(sandboxId, { what: `read ${path} in ${sandboxId}`, about: "file" }, async ({ sandbox }) => {
    const { size } = await sandbox.files.getInfo(path, { requestTimeoutMs });
    if (size > maxFileBytes) throw tooLarge("read", path, size);
    return sandbox.files.read(path, { format: "bytes", requestTimeoutMs });
  });
}

export function writeFile(reach: Reach, sandboxId: string, path: string, data: string | Uint8Array): Promise<void> {
  return reach.use(sandboxId, { what: `write ${path} in ${sandboxId}`, about: "file" }, async ({ sandbox }) => {
    const size = Buffer.byteLength(data);
    if (size > maxFileBytes) throw tooLarge("write", path, size);
    // A copy in a plain ArrayBuffer: a view into a pooled buffer would upload its neighbours too.
    const body = typeof data === "string" ? data : new Uint8Array(data).buffer;
    await sandbox.files.write(path, body, { requestTimeoutMs });
  });
}

function tooLarge(verb: string, path: string, size: number): SwarmError {
  return new SwarmError("sandbox.file", `Cannot ${verb} ${path}: ${size} bytes, at most ${maxFileBytes} are possible`, {
    hint: "Split the file with a command inside the sandbox",
    details: { size, limit: maxFileBytes },
  });
}
