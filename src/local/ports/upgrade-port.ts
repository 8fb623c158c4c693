// Carries a protocol switch, WebSocket above all, to a service inside a sandbox. After the switch only bytes pass.
import { request as httpRequest, ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "../limits.ts";
import { admit } from "../proxy.ts";
import { passed } from "../relay.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { PortGateway } from "./forward-port.ts";
import { refuse } from "./gateway-answer.ts";
import { headersInside, reachPort } from "./reach-port.ts";

export interface Switch {
  readonly request: IncomingMessage;
  readonly client: Socket;
  /** First bytes of the new protocol that came with the request. */
  readonly head: Buffer;
}

/** An answer in HTTP instead of a switch; the connection ends with it. */
export function answerOf({ request, client }: Switch): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(client);
  response.on("error", () => client.destroy());
  response.once("finish", () => client.end());
  return response;
}

export async function upgradePort(
  gateway: PortGateway,
  target: { readonly sandbox: LocalSandbox; readonly port: number },
  change: Switch,
): Promise<void> {
  const { sandbox, port } = target;
  const { request, client, head } = change;
  const response = answerOf(change);
  if (!admit(sandbox, response)) return;
  const visit = { sandbox, port, request, isWanted: () => !client.destroyed };
  const reached = await reachPort(visit, gateway.clock);
  if ("kind" in reached) return refuse(request, response, reached);
  if (client.destroyed) return void reached.destroy();
  client.once("close", () => {
    reached.destroy();
    response.destroy();
  });
  const outgoing = httpRequest({
    createConnection: () => reached,
    method: request.method,
    path: request.url,
    headers: { ...headersInside(visit, gateway.apiKey), connection: "upgrade", upgrade: request.headers.upgrade },
    setHost: false,
    maxHeaderSize: limits.headerBytes,
  });
  outgoing.on("upgrade", (answer, service, first) => {
    response.detachSocket(client);
    client.write(switchHead(answer));
    if (first.length > 0) client.write(first);
    if (head.length > 0) service.write(head);
    join(client, service);
  });
  outgoing.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, passed(answer.headers));
    answer.on("error", () => client.destroy());
    answer.pipe(response);
  });
  outgoing.on("error", () => {
    if (response.headersSent || response.socket === null) client.destroy();
    else refuse(request, response, { kind: "closed", sandboxId: sandbox.id, port });
  });
  outgoing.end();
}

function join(client: Duplex, service: Duplex): void {
  service.on("error", () => client.destroy());
  service.once("close", () => client.destroy());
  client.pipe(service).pipe(client);
}

function switchHead(answer: IncomingMessage): string {
  const lines = answer.rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [`${name}: ${answer.rawHeaders[i + 1] ?? ""}`] : [],
  );
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`;
}
