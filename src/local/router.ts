// One port for everything. Order: sandbox header, sandbox host name, /files by its signature, control plane.
import type { IncomingMessage, ServerResponse } from "node:http";
import { problem, send } from "./answer.ts";
import type { ControlPlane } from "./control-plane/context.ts";
import { answerControl } from "./control-plane/routes.ts";
import { labelText } from "./isolation/backend.ts";
import { envdPort, labelHeader } from "./limits.ts";
import { forward, isInternalPath, sandboxGone, type Upstreams } from "./proxy.ts";
import { sameSecret, signatureOf } from "./signature.ts";
import type { LocalSandbox } from "./sandbox-table.ts";
import { receiveUpload } from "./templates/endpoints/files.ts";
import { isUploadPath } from "./templates/file-cache.ts";

export interface Router {
  readonly plane: ControlPlane;
  readonly apiKey: string;
  readonly upstreams: Upstreams;
  /** Called at the start of every request, for the idle shutdown. */
  readonly onRequest: () => void;
}

interface Destination {
  readonly id: string;
  readonly port: number;
}

const sandboxHost = /^(\d+)-([a-z0-9]+)\./;
const loopbackHosts = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const servedSandboxHost = /^\d+-[a-z0-9]+\.(?:localhost|127\.0\.0\.1)(?::\d+)?$/;

export async function routeRequest(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  router.onRequest();
  response.setHeader(labelHeader, labelText(router.plane.label));
  const host = (request.headers.host ?? "").toLowerCase();
  // A page in a browser may reach this port under its own name (DNS rebinding); only our names are served.
  if (!loopbackHosts.test(host) && !servedSandboxHost.test(host))
    return send(response, problem(403, "Host is not served here"));
  const url = parseUrl(request.url);
  if (url === null) return send(response, problem(400, "request target is not a path"));
  const destination = destinationOf(request, host);
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

function toSandbox(
  router: Router,
  request: IncomingMessage,
  response: ServerResponse,
  target: { readonly destination: Destination; readonly path: string },
): void {
  const { id, port } = target.destination;
  if (port === envdPort && isInternalPath(target.path)) return send(response, problem(404, "not found"));
  const sandbox = router.plane.table.get(id);
  if (sandbox === undefined) return send(response, sandboxGone(id));
  if (port === envdPort) return forward(router.upstreams, sandbox, request, response);
  const message = `Port ${port} cannot be reached: the local server forwards envd's port ${envdPort} only`;
  send(response, { status: 501, body: { sandboxId: id, message, port, code: 501 } });
}

/** The SDK's upload and download URLs name no sandbox: the one whose token makes this signature is meant. */
function filesBySignature(router: Router, request: IncomingMessage, response: ServerResponse, url: URL): void {
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

/** On a sandbox's own host name the header counts for nothing. */
function destinationOf(request: IncomingMessage, host: string): Destination | null {
  const named = sandboxHost.exec(host);
  if (named?.[1] !== undefined && named[2] !== undefined) return { port: Number(named[1]), id: named[2] };
  const id = request.headers["e2b-sandbox-id"];
  if (typeof id !== "string") return null;
  return { id: id.split("-", 1)[0] ?? "", port: Number(request.headers["e2b-sandbox-port"] ?? envdPort) };
}

function parseUrl(target: string | undefined): URL | null {
  if (target === undefined || !target.startsWith("/")) return null;
  try {
    return new URL(`http://local${target}`);
  } catch {
    return null;
  }
}
