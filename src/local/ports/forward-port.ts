// Forwards one request to a service that listens inside a sandbox.
import { request as httpRequest } from "node:http";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";
import { admit } from "../proxy.ts";
import { relay } from "../relay.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ServedRequest, ServedResponse } from "../served.ts";
import { refuse } from "./gateway-answer.ts";
import { headersInside, reachPort } from "./reach-port.ts";

export interface PortGateway {
  readonly clock: Clock;
  readonly apiKey: string;
}

export async function forwardPort(
  gateway: PortGateway,
  target: { readonly sandbox: LocalSandbox; readonly port: number },
  request: ServedRequest,
  response: ServedResponse,
): Promise<void> {
  const { sandbox, port } = target;
  if (!admit(sandbox, response)) return;
  const visit = { sandbox, port, request, isWanted: () => !response.destroyed };
  const reached = await reachPort(visit, gateway.clock);
  if ("kind" in reached) {
    request.resume();
    return refuse(request, response, reached);
  }
  if (response.destroyed) return void reached.destroy();
  const outgoing = httpRequest({
    createConnection: () => reached,
    method: request.method,
    path: request.url,
    headers: headersInside(visit, gateway.apiKey),
    setHost: false,
    maxHeaderSize: limits.headerBytes,
  });
  // Connected, but it answered nothing that is HTTP.
  relay(request, response, outgoing, () => refuse(request, response, { kind: "closed", sandboxId: sandbox.id, port }));
}
