// Where connections come in: one port on 127.0.0.1. With certificates the same port speaks TLS and HTTP/2 as well; the
// first byte of a connection tells which.
import type { Server as HttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { SwarmError } from "../contracts/swarm-error.ts";
import { limits } from "./limits.ts";

export interface FrontDoor {
  readonly port: number;
  /** Takes no new connections. */
  shut(): void;
  /** Ends every connection, switched protocols included. */
  close(): Promise<void>;
}

/** Takes over a connection that began with a TLS handshake. */
export type TakeSecure = (socket: Socket) => void;

/** Throws `local.port` when another program listens there. */
export async function openFrontDoor(http: HttpServer, port: number, secure: TakeSecure | null): Promise<FrontDoor> {
  const listener: Server = secure === null ? http : sniffing(http, secure);
  const sockets = new Set<Socket>();
  listener.maxConnections = limits.connections;
  listener.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const taken = await listen(listener, port);
  return {
    port: taken,
    shut: () => void listener.close(),
    close: async () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const tlsHandshake = 0x16;

function sniffing(http: HttpServer, secure: TakeSecure): Server {
  return createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const drop = (): void => void socket.destroy();
    const look = (): void => {
      const first: unknown = socket.read(1);
      if (!Buffer.isBuffer(first)) return void socket.once("readable", look);
      socket.off("end", drop);
      socket.unshift(first);
      if (first[0] === tlsHandshake) secure(socket);
      else http.emit("connection", socket);
    };
    socket.on("error", drop);
    socket.once("end", drop);
    look();
  });
}

async function listen(listener: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    listener.once("error", (cause: NodeJS.ErrnoException) => reject(portTaken(port, cause)));
    listener.listen(port, "127.0.0.1", () => {
      const address = listener.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function portTaken(port: number, cause: NodeJS.ErrnoException): SwarmError {
  const reason = cause.code === "EADDRINUSE" ? "another program listens there" : (cause.code ?? cause.message);
  return new SwarmError("local.port", `Cannot listen on 127.0.0.1:${port}: ${reason}`, {
    hint: "Choose another port, or 0 for any free one",
    cause,
    details: { port },
  });
}
