// How this process writes: as the owner of the file, through its owner, or, when the owner is silent, by itself. SQLite's
// own lock keeps even two owners from harm; ownership is for speed and for news.
import { tryLock, type FileLock } from "../../host/file-lock.ts";
import type { Clock } from "../../host/clock.ts";
import { packageVersion } from "../../host/package-version.ts";
import { byItselfMs, findOwnerEveryMs, findOwnerMs } from "../core/limits.ts";
import type { Reply, Request } from "../core/request.ts";
import { connectToOwner, notTaken, type Client } from "./client.ts";
import type { Writer } from "./own-writer.ts";
import { serveRecord, type Owner } from "./owner.ts";
import { schemaVersion } from "./schema.ts";

export interface LinkOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Writes through this process's own connection. */
  readonly writer: Writer;
  /** Something of the namespace was committed, by whomever. */
  readonly news: (namespace: string) => void;
}

type Way =
  | { readonly kind: "owner"; readonly owner: Owner; readonly lock: FileLock }
  | { readonly kind: "client"; readonly client: Client }
  | { readonly kind: "by-itself"; readonly untilNs: bigint };

export interface Link {
  write(request: Request): Promise<Reply>;
  /** Sees to it that news of others is heard. */
  listen(): void;
  /** News of a commit of this process's own connection. */
  readonly tell: (namespace: string) => void;
  close(): Promise<void>;
}

export function openLink(options: LinkOptions): Link {
  const { clock, writer } = options;
  let way: Way | null = null;
  let finding: Promise<Way> | null = null;
  let closed = false;
  const isGood = (one: Way): boolean => {
    if (one.kind === "client") return !one.client.isOver();
    return one.kind === "owner" || clock.monotonicNs() < one.untilNs;
  };
  const present = async (): Promise<Way> => {
    if (way !== null && isGood(way)) return way;
    finding ??= findWay(options).finally(() => (finding = null));
    way = await finding;
    return way;
  };
  return {
    async write(request) {
      for (;;) {
        const by = await present();
        if (by.kind !== "client") return writer.write(request);
        const reply = await by.client.write(request);
        if (reply !== notTaken) return reply;
      }
    },
    listen: () => void (closed ? undefined : present().catch(() => undefined)),
    tell: (namespace) => {
      if (way?.kind === "owner") way.owner.tell(namespace);
    },
    async close() {
      closed = true;
      const last = (await finding?.catch(() => null)) ?? way;
      if (last?.kind === "client") last.client.close();
      if (last?.kind === "owner") {
        await last.owner.close();
        last.lock.release();
      }
      await writer.close();
    },
  };
}

async function findWay({ path, clock, writer, news }: LinkOptions): Promise<Way> {
  const speaks = `${packageVersion()}/${schemaVersion}`;
  const began = clock.monotonicNs();
  const lateNs = BigInt(findOwnerMs) * 1_000_000n;
  const byItself = (): Way => ({ kind: "by-itself", untilNs: clock.monotonicNs() + BigInt(byItselfMs) * 1_000_000n });
  for (;;) {
    const lock = lockOf(path);
    if (lock === null) return byItself();
    if (lock !== "taken") {
      try {
        return { kind: "owner", lock, owner: await serveRecord({ path, writer, speaks }) };
      } catch {
        // No socket can be made here: everybody writes by itself, which is slower and as safe.
        lock.release();
        return byItself();
      }
    }
    const client = await connectToOwner({ path, clock, speaks, news });
    if (client !== null) return { kind: "client", client };
    if (clock.monotonicNs() - began >= lateNs) return byItself();
    await clock.sleep(findOwnerEveryMs);
  }
}

function lockOf(path: string): FileLock | "taken" | null {
  try {
    const lock = tryLock(`${path}.owner`);
    return "release" in lock ? lock : "taken";
  } catch {
    // The folder is not ours to write; the write itself will say so better.
    return null;
  }
}
