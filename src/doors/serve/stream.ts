// One viewer's connection: server-sent events written straight to the socket, so that what it has not taken is known and bounded.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Viewer } from "./hub.ts";

const retryMs = 1_000;

/** Begins the answer; the stream goes on until the reader leaves or is dropped. */
export function openStream(
  outgoing: ServerResponse,
  only: string | null,
  headers: Readonly<Record<string, string>>,
): Viewer {
  outgoing.writeHead(200, { ...headers, "content-type": "text/event-stream; charset=utf-8" });
  outgoing.write(`retry: ${retryMs}\n\n`);
  return {
    only,
    waiting: () => outgoing.writableLength,
    write: (text) => void (outgoing.destroyed || outgoing.write(text)),
    sent: () =>
      new Promise((resolve) => {
        if (outgoing.destroyed || !outgoing.writableNeedDrain) return resolve();
        const done = (): void => {
          outgoing.off("drain", done);
          outgoing.off("close", done);
          resolve();
        };
        outgoing.once("drain", done);
        outgoing.once("close", done);
      }),
    drop: () => void outgoing.destroy(),
  };
}

export function hasGone(incoming: IncomingMessage, outgoing: ServerResponse): boolean {
  return outgoing.destroyed || incoming.destroyed;
}
