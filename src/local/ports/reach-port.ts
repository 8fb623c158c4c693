// Everything between a visitor and a connection to a port inside a sandbox: the traffic token, the tunnel, TLS inside.
import type { OutgoingHttpHeaders } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import type { Socket } from "node:net";
import type { Clock } from "../../host/clock.ts";
import { passed } from "../relay.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ServedRequest } from "../served.ts";
import { sameSecret } from "../signature.ts";
import type { Refusal } from "./gateway-answer.ts";
import { hostInside, trafficHeader } from "./ingress.ts";
import { openTunnel } from "./tunnel.ts";

export interface Visit {
  readonly sandbox: LocalSandbox;
  readonly port: number;
  readonly request: ServedRequest;
  /** False when the visitor is gone: nobody waits for the port any more. */
  readonly isWanted: () => boolean;
}

/** A connection to the port, or what to tell the visitor. */
export async function reachPort(visit: Visit, clock: Clock): Promise<Socket | Refusal> {
  const { sandbox, port, request } = visit;
  const { trafficToken, httpsPorts } = sandbox.ingress;
  const sandboxId = sandbox.id;
  if (trafficToken !== null) {
    const sent = request.headers[trafficHeader];
    if (typeof sent !== "string") return { kind: "token-missing", sandboxId };
    if (!sameSecret(sent, trafficToken)) return { kind: "token-wrong", sandboxId };
  }
  const tunnel = await openTunnel(sandbox.cell, port, clock, visit.isWanted);
  if ("failed" in tunnel)
    return tunnel.failed === "gone" ? { kind: "gone", sandboxId } : { kind: "closed", sandboxId, port };
  const { socket } = tunnel;
  socket.on("error", () => socket.destroy());
  const secured = httpsPorts.includes(port) ? await secure(socket, request) : socket;
  return secured ?? { kind: "closed", sandboxId, port };
}

/** Headers as the service inside sees them. The key of this server is nobody's business in there. */
export function headersInside({ sandbox, port, request }: Visit, apiKey: string): OutgoingHttpHeaders {
  const { host = "", "x-api-key": key, ...headers } = passed(request.headers);
  const seen = hostInside(sandbox.ingress, host, port);
  return {
    Host: seen,
    ...headers,
    ...(typeof key === "string" && !sameSecret(key, apiKey) ? { "x-api-key": key } : {}),
    ...(seen === host ? {} : { "x-forwarded-host": host }),
  };
}

async function secure(socket: Socket, request: ServedRequest): Promise<TLSSocket | null> {
  const servername = (request.headers.host ?? "").replace(/:\d+$/, "");
  return new Promise((resolve) => {
    const secured = connect({ socket, servername, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
    secured.once("secureConnect", () => resolve(secured));
    secured.on("error", () => resolve(null));
    socket.once("close", () => resolve(null));
  });
}
