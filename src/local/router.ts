// One port for everything. Order: who may ask at all, then sandbox host name, sandbox header, /files by its signature,
// control plane. A page in a browser gets nowhere but to services inside sandboxes and to links somebody signed for it.
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { problem, send, type Answer } from "./answer.ts";
import type { ControlPlane } from "./control-plane/context.ts";
import { answerControl } from "./control-plane/routes.ts";
import type { FaultGate } from "./faults/gate.ts";
import { isPort, readHost, type NamedHost } from "./hosts.ts";
import { labelText } from "./isolation/backend.ts";
import { envdPort, labelHeader } from "./limits.ts";
import { forwardPort } from "./ports/forward-port.ts";
import { refuse } from "./ports/gateway-answer.ts";
import { answerOf, upgradePort } from "./ports/upgrade-port.ts";
import { forward, isInternalPath, type Upstreams } from "./proxy.ts";
import { nameHost, type ServedRequest, type ServedResponse } from "./served.ts";
import { sameSecret, signatureOf } from "./signature.ts";
import type { LocalSandbox } from "./sandbox-table.ts";
import { receiveUpload } from "./templates/endpoints/files.ts";
import { isUploadPath } from "./templates/file-cache.ts";

export interface Router {
  readonly plane: ControlPlane;
  readonly apiKey: string;
  /** Where this server listens: part of every Host that is served. */
  readonly port: number;
  readonly upstreams: Upstreams;
  readonly gate: FaultGate;
  /** Called at the start of every request, for the idle shutdown. */
  readonly onRequest: () => void;
}

interface Destination {
  readonly id: string;
  readonly port: number;
}

interface Asked {
  readonly url: URL;
  /** Null: no sandbox is named. */
  readonly destination: Destination | null;
}

export async function routeRequest(router: Router, request: ServedRequest, response: ServedResponse): Promise<void> {
  router.onRequest();
  response.setHeader(labelHeader, labelText(router.plane.label));
  const asked = understand(router, request);
  if ("status" in asked) return send(response, asked);
  const { url, destination } = asked;
  const met = router.gate.meet({ request, response, url, destination });
  if ((typeof met === "string" ? met : await met) === "answered") return;
  if (destination !== null) return toSandbox(router, request, response, { destination, path: url.pathname });
  if (url.pathname === "/files") return filesBySignature(router, request, response, url);
  if (url.pathname === "/health") return send(response, { status: 204 });
  // An upload address carries its own authority: the client sends no key there.
  if (isUploadPath(url.pathname)) return send(response, await receiveUpload(router.plane, request, url));
  const key = request.headers["x-api-key"];
  if (typeof key !== "string" || !sameSecret(key, router.apiKey)) {
    return send(response, problem(401, "Invalid API key: it is not the key of this local server"));
  }
  send(response, await answerControl(router.plane, request, url));
}

/** A protocol switch. Only services inside sandboxes may be asked for one. */
export async function routeUpgrade(
  router: Router,
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
): Promise<void> {
  router.onRequest();
  client.on("error", () => client.destroy());
  const change = { request, client, head };
  const asked = understand(router, request);
  if ("status" in asked) return send(answerOf(change), asked);
  const { destination } = asked;
  if (destination === null || destination.port === envdPort)
    return send(answerOf(change), problem(400, "This address does not switch protocols"));
  const sandbox = router.plane.table.get(destination.id);
  if (sandbox === undefined) return refuse(request, answerOf(change), { kind: "gone", sandboxId: destination.id });
  const gateway = { clock: router.plane.clock, apiKey: router.apiKey };
  return upgradePort(gateway, { sandbox, port: destination.port }, change);
}

function understand(router: Router, request: ServedRequest): Asked | Answer {
  const host = nameHost(request) ? readHost(request.headers.host ?? "", router.port) : null;
  // A page may reach this port under a name of its own (DNS rebinding); only our names are served.
  if (host === null) return problem(403, "Host is not served here");
  const url = parseUrl(request.url);
  if (url === null) return problem(400, "request target is not a path");
  const destination = destinationOf(request, host);
  if (destination !== null && "status" in destination) return destination;
  const isService = destination !== null && destination.port !== envdPort;
  if (!isService && comesFromPage(request) && !isSigned(url))
    return problem(403, "Requests of web pages are not served here");
  return { url, destination };
}

async function toSandbox(
  router: Router,
  request: ServedRequest,
  response: ServedResponse,
  target: { readonly destination: Destination; readonly path: string },
): Promise<void> {
  const { id, port } = target.destination;
  if (port === envdPort && isInternalPath(target.path)) return send(response, problem(404, "not found"));
  const sandbox = router.plane.table.get(id);
  if (sandbox === undefined) return refuse(request, response, { kind: "gone", sandboxId: id });
  if (port === envdPort) return forward(router.upstreams, sandbox, request, response);
  return forwardPort({ clock: router.plane.clock, apiKey: router.apiKey }, { sandbox, port }, request, response);
}

/** The SDK's upload and download URLs name no sandbox: the one whose token makes this signature is meant. */
function filesBySignature(router: Router, request: ServedRequest, response: ServedResponse, url: URL): void {
  const signature = url.searchParams.get("signature") ?? "";
  const signed = {
    path: url.searchParams.get("path") ?? "",
    operation: request.method === "POST" ? "write" : "read",
    user: url.searchParams.get("username") ?? "",
    expiration: url.searchParams.get("signature_expiration") ?? undefined,
  } as const;
  const isMeant = (sandbox: LocalSandbox): boolean =>
    sandbox.token !== null && sameSecret(signature, signatureOf(signed, sandbox.token));
  const meant = router.plane.table.all().find((sandbox) => isMeant(sandbox));
  if (meant === undefined) return send(response, problem(401, "invalid signature"));
  forward(router.upstreams, meant, request, response);
}

/** Headers count only where the host name does not say it, as in the cloud. */
function destinationOf(request: ServedRequest, host: NamedHost): Destination | Answer | null {
  if (host.kind === "sandbox") return { port: host.port, id: host.id };
  const id = request.headers["e2b-sandbox-id"];
  if (host.kind === "api" || typeof id !== "string") return null;
  const port = Number(request.headers["e2b-sandbox-port"] ?? envdPort);
  return isPort(port) ? { id: id.split("-", 1)[0] ?? "", port } : problem(400, "Invalid sandbox port");
}

/** Programs send neither: a browser does, and no script can leave it out. */
function comesFromPage({ headers }: ServedRequest): boolean {
  const site = headers["sec-fetch-site"];
  return headers.origin !== undefined || site === "cross-site" || site === "same-site";
}

function isSigned(url: URL): boolean {
  return url.pathname === "/files" && url.searchParams.has("signature");
}

function parseUrl(target: string | undefined): URL | null {
  if (target === undefined || !target.startsWith("/")) return null;
  try {
    return new URL(`http://local${target}`);
  } catch {
    return null;
  }
}
