// The table of the control plane: method and path to endpoint. Whatever is not here is a 404 in JSON.
import { problem, readObject, type Answer } from "../answer.ts";
import {
  connectEndpoint,
  getEndpoint,
  killEndpoint,
  metricsEndpoint,
  refreshEndpoint,
  timeoutEndpoint,
} from "./by-id.ts";
import type { ControlPlane, Endpoint } from "./context.ts";
import { createEndpoint } from "./create.ts";
import { networkEndpoint } from "./network.ts";
import { listEndpoint, listEndpointV1 } from "./list.ts";
import { answerTemplates } from "../templates/endpoints/routes.ts";
import type { ServedRequest } from "../served.ts";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly endpoint: Endpoint;
}

const id = "([^/]+)";
const routes: readonly Route[] = [
  { method: "POST", path: /^\/v2\/sandboxes$/, endpoint: createEndpoint("v2") },
  { method: "POST", path: /^\/sandboxes$/, endpoint: createEndpoint("v1") },
  { method: "GET", path: /^\/v2\/sandboxes$/, endpoint: listEndpoint },
  { method: "GET", path: /^\/sandboxes$/, endpoint: listEndpointV1 },
  { method: "GET", path: new RegExp(`^/sandboxes/${id}$`), endpoint: getEndpoint },
  { method: "DELETE", path: new RegExp(`^/sandboxes/${id}$`), endpoint: killEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/timeout$`), endpoint: timeoutEndpoint },
  { method: "POST", path: new RegExp(`^(?:/v2)?/sandboxes/${id}/connect$`), endpoint: connectEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/refreshes$`), endpoint: refreshEndpoint },
  { method: "GET", path: new RegExp(`^/sandboxes/${id}/metrics$`), endpoint: metricsEndpoint },
  { method: "PUT", path: new RegExp(`^/sandboxes/${id}/network$`), endpoint: networkEndpoint },
];

export async function answerControl(plane: ControlPlane, request: ServedRequest, url: URL): Promise<Answer> {
  for (const { method, path, endpoint } of routes) {
    const match = method === request.method ? path.exec(url.pathname) : null;
    if (match === null) continue;
    const sandboxId = (match[1] ?? "x").split("-", 1)[0] ?? "";
    if (!/^[a-z0-9]+$/.test(sandboxId)) return problem(400, "Invalid sandbox ID");
    const body = await readObject(request);
    if (body === null)
      return problem(400, "Error when parsing request: the body is not a JSON object of acceptable size");
    return endpoint(plane, { url, body, id: sandboxId });
  }
  const answer = await answerTemplates(plane, request, url);
  return answer ?? problem(404, `no route ${request.method ?? ""} ${url.pathname}`);
}
