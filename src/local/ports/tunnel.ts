// A byte stream to one port inside a sandbox: the agent makes the connection, the host only carries bytes.
import { request } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../host/clock.ts";
import type { Cell } from "../isolation/backend.ts";
import { limits, secretHeader } from "../limits.ts";

/** `closed`: nobody listens on that port. `gone`: the agent does not answer, so there is no sandbox any more. */
export type Tunnel = { readonly socket: Socket } | { readonly failed: "closed" | "gone" };

/** Tries for about a second: a server that was just started takes a moment to listen. */
export async function openTunnel(
  cell: Pick<Cell, "socketPath" | "secret">,
  port: number,
  clock: Clock,
  isWanted: () => boolean,
): Promise<Tunnel> {
  for (let attempt = 1; ; attempt++) {
    const tunnel = await connectOnce(cell, port);
    if ("socket" in tunnel || tunnel.failed === "gone") return tunnel;
    if (attempt === limits.portTries || !isWanted()) return tunnel;
    await clock.sleep(attempt * limits.portRetryMs);
  }
}

async function connectOnce(cell: Pick<Cell, "socketPath" | "secret">, port: number): Promise<Tunnel> {
  return new Promise((resolve) => {
    const outgoing = request({
      method: "CONNECT",
      path: `port:${port}`,
      socketPath: cell.socketPath,
      agent: false,
      maxHeaderSize: limits.headerBytes,
      headers: { [secretHeader]: cell.secret },
    });
    outgoing.once("connect", (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        return resolve({ failed: "closed" });
      }
      if (head.length > 0) socket.unshift(head);
      resolve({ socket });
    });
    outgoing.once("response", (response) => {
      response.destroy();
      resolve({ failed: "gone" });
    });
    outgoing.once("error", () => resolve({ failed: "gone" }));
    outgoing.end();
  });
}
