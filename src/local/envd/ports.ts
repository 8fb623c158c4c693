// CONNECT to a port inside the sandbox: the host's way to services that run here. Only the host knows the secret; for a
// process inside it would open nothing that it cannot reach by itself.
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { secretHeader } from "../limits.ts";
import { sameSecret } from "../signature.ts";
import type { Agent } from "./agent.ts";

const addresses = ["127.0.0.1", "::1"] as const;
const target = /^port:(\d{1,5})$/;

export function connectPort(agent: Agent, request: IncomingMessage, client: Duplex, head: Buffer): void {
  client.on("error", () => client.destroy());
  const sent = request.headers[secretHeader];
  const port = Number(target.exec(request.url ?? "")?.[1] ?? 0);
  if (typeof sent !== "string" || !sameSecret(sent, agent.config.secret) || port < 1 || port > 65_535)
    return refuse(client, "404 Not Found");
  dial(port, addresses, (service) => {
    if (service === null) return refuse(client, "502 Bad Gateway");
    service.on("error", () => client.destroy());
    client.once("close", () => service.destroy());
    service.once("close", () => client.destroy());
    client.write("HTTP/1.1 200 OK\r\n\r\n");
    if (head.length > 0) service.write(head);
    client.pipe(service).pipe(client);
  });
}

/** Null when nobody listens under any of the addresses. Half-closed connections stay open the other way. */
function dial(port: number, [host, ...others]: readonly string[], done: (service: Socket | null) => void): void {
  if (host === undefined) return done(null);
  const service = connect({ host, port, allowHalfOpen: true, noDelay: true });
  const failed = (): void => dial(port, others, done);
  service.once("error", failed);
  service.once("connect", () => {
    service.off("error", failed);
    done(service);
  });
}

function refuse(client: Duplex, status: string): void {
  client.end(`HTTP/1.1 ${status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
}
