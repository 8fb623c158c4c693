// The table of the control plane: method and path to endpoint. Whatever is not here is a 404 in JSON.
import { problem, readObject, type Answer } from "../answer.ts";
import { getEndpoint, killEndpoint, refreshEndpoint, timeoutEndpoint } from "./by-id.ts";
import { listSnapshotsEndpoint, snapshotEndpoint } from "./snapshots.ts";
import { logsEndpoint, logsEndpointV1 } from "./logs.ts";
import { teamMetricsEndpoint, teamMetricsMaxEndpoint, teamsEndpoint } from "./teams.ts";
import { metricsEndpoint, metricsOfManyEndpoint } from "./metrics.ts";
import { connectEndpoint, pauseEndpoint, resumeEndpoint } from "./pausing.ts";
import type { ControlPlane, Endpoint } from "./context.ts";
import { createEndpoint } from "./create.ts";
import { forkEndpoint } from "./forking.ts";
import { listEndpoint, listEndpointV1 } from "./list.ts";
import { answerSecrets } from "../secrets/endpoints.ts";
import { answerTemplates } from "../templates/endpoints/routes.ts";
import { answerVolumes } from "../volumes/endpoints.ts";
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
  { method: "GET", path: /^\/sandboxes\/metrics$/, endpoint: metricsOfManyEndpoint },
  { method: "GET", path: new RegExp(`^/sandboxes/${id}/metrics$`), endpoint: metricsEndpoint },
  { method: "GET", path: new RegExp(`^/sandboxes/${id}/logs$`), endpoint: logsEndpointV1 },
  { method: "GET", path: new RegExp(`^/v2/sandboxes/${id}/logs$`), endpoint: logsEndpoint },
  { method: "GET", path: /^\/teams$/, endpoint: teamsEndpoint },
  { method: "GET", path: new RegExp(`^/teams/${id}/metrics$`), endpoint: teamMetricsEndpoint },
  { method: "GET", path: new RegExp(`^/teams/${id}/metrics/max$`), endpoint: teamMetricsMaxEndpoint },
  { method: "GET", path: new RegExp(`^/sandboxes/${id}$`), endpoint: getEndpoint },
  { method: "DELETE", path: new RegExp(`^/sandboxes/${id}$`), endpoint: killEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/timeout$`), endpoint: timeoutEndpoint },
  { method: "POST", path: new RegExp(`^(?:/v2)?/sandboxes/${id}/connect$`), endpoint: connectEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/pause$`), endpoint: pauseEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/resume$`), endpoint: resumeEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/fork$`), endpoint: forkEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/snapshots$`), endpoint: snapshotEndpoint },
  { method: "GET", path: /^\/snapshots$/, endpoint: listSnapshotsEndpoint },
  { method: "POST", path: new RegExp(`^/sandboxes/${id}/refreshes$`), endpoint: refreshEndpoint },
];

export async function answerControl(plane: ControlPlane, request: ServedRequest, url: URL): Promise<Answer> {
  for (const { method, path, endpoint } of routes) {
    const match = method === request.method ? path.exec(url.pathname) : null;
    if (match === null) continue;
    const parts = match.slice(1);
    const sandboxId = (parts[0] ?? "x").split("-", 1)[0] ?? "";
    if (path.source.includes("sandboxes") && !/^[a-z0-9]+$/.test(sandboxId)) return problem(400, "Invalid sandbox ID");
    const body = await readObject(request);
    if (body === null)
      return problem(400, "Error when parsing request: the body is not a JSON object of acceptable size");
    return endpoint(plane, { url, body, id: sandboxId, parts, apiKey: String(request.headers["x-api-key"] ?? "") });
  }
  for (const area of [answerTemplates, answerVolumes, answerSecrets]) {
    const answer = await area(plane, request, url);
    if (answer !== null) return answer;
  }
  return problem(404, `no route ${request.method ?? ""} ${url.pathname}`);
}
