// The process that owns the file serves the others: their requests join its own in the next transaction, and each is
// answered after the commit. News of every commit goes to all.
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { maxClients, maxUnreadBytes } from "../core/limits.ts";
import { frame, openFrameReader } from "./frames.ts";
import type { Writer } from "./own-writer.ts";
import { socketPath } from "./socket-path.ts";
import { isToOwner, wireFault, type FromOwner } from "./wire.ts";

export interface Owner {
  /** Tells every client that the namespace has changed. */
  readonly tell: (namespace: string) => void;
  /** Answers what it was asked, says good-bye, and is gone. */
  close(): Promise<void>;
}

export interface OwnerOptions {
  readonly path: string;
  readonly writer: Writer;
  /** What clients must speak too. */
  readonly speaks: string;
}

/** Listens beside the file; the caller holds its lock. Rejects when the socket cannot be made. */
export async function serveRecord({ path, writer, speaks }: OwnerOptions): Promise<Owner> {
  const clients = new Map<Socket, Set<Promise<void>>>();
  const server = createServer((socket) => {
    if (clients.size >= maxClients) return void socket.destroy();
    const pending = new Set<Promise<void>>();
    clients.set(socket, pending);
    socket.unref();
    socket.on("close", () => clients.delete(socket));
    socket.on("error", () => socket.destroy());
    send(socket, { kind: "hello", speaks });
    serve(socket, writer, pending);
  });
  server.maxConnections = maxClients;
  await listen(server, path);
  let rumours: Set<string> | null = null;
  const spread = (): void => {
    const namespaces = [...(rumours ?? [])];
    rumours = null;
    const bytes = frame({ kind: "news", namespaces } satisfies FromOwner);
    for (const socket of clients.keys()) deliver(socket, bytes);
  };
  return {
    tell(namespace) {
      if (clients.size === 0) return;
      if (rumours === null) {
        rumours = new Set();
        setImmediate(spread);
      }
      rumours.add(namespace);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const [socket, pending] of clients) {
        socket.pause();
        await Promise.all(pending);
        socket.end(frame({ kind: "bye" } satisfies FromOwner), () => socket.destroy());
      }
      await closed;
    },
  };
}

function serve(socket: Socket, writer: Writer, pending: Set<Promise<void>>): void {
  const reader = openFrameReader();
  socket.on("data", (chunk) => {
    try {
      for (const message of reader.push(chunk)) {
        if (!isToOwner(message)) throw new Error("no message");
        const { id, request } = message;
        const answered = writer.write(request).then(
          (reply) => send(socket, { kind: "reply", id, reply }),
          (thrown) => send(socket, { kind: "fault", id, fault: wireFault(SwarmError.from(thrown)) }),
        );
        pending.add(answered);
        void answered.finally(() => pending.delete(answered));
      }
    } catch {
      // What it said before is done; what is no message ends the conversation.
      socket.destroy();
    }
  });
}

function send(socket: Socket, message: FromOwner): void {
  deliver(socket, frame(message));
}

/** A client that does not read is let go; it will find everything in the file. */
function deliver(socket: Socket, bytes: Buffer): void {
  if (socket.destroyed || !socket.writable) return;
  if (socket.writableLength > maxUnreadBytes) socket.destroy();
  else socket.write(bytes);
}

async function listen(server: ReturnType<typeof createServer>, record: string): Promise<void> {
  const { path, release } = socketPath(record);
  try {
    // Left behind by an owner that was killed; the lock says that there is none now.
    rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    server.unref();
  } finally {
    release();
  }
}
