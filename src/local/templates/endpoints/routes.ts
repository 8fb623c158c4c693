// The table of template endpoints. Paths are matched before the body is read; null means that the path is somebody else's.
import { originOf, type ServedRequest } from "../../served.ts";
import { problem, readObject, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { buildLogs, buildStatus, startBuild } from "./builds.ts";
import { fileUpload } from "./files.ts";
import {
  deleteTemplate,
  getAlias,
  getTemplate,
  listTemplates,
  listTemplatesPaged,
  patchTemplate,
} from "./manage.ts";
import { requestBuild } from "./request-build.ts";
import type { TemplateEndpoint } from "./shared.ts";
import { assignTags, deleteTags, listTags } from "./tags.ts";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly endpoint: TemplateEndpoint;
}

const routes: readonly Route[] = [
  { method: "POST", path: /^\/v3\/templates$/, endpoint: requestBuild },
  { method: "GET", path: /^\/templates$/, endpoint: listTemplates },
  { method: "GET", path: /^\/v2\/templates$/, endpoint: listTemplatesPaged },
  { method: "POST", path: /^\/templates\/tags$/, endpoint: assignTags },
  { method: "DELETE", path: /^\/templates\/tags$/, endpoint: deleteTags },
  { method: "GET", path: /^\/templates\/aliases\/(.+)$/, endpoint: getAlias },
  { method: "GET", path: /^\/templates\/([^/]+)$/, endpoint: getTemplate },
  { method: "DELETE", path: /^\/templates\/([^/]+)$/, endpoint: deleteTemplate },
  { method: "PATCH", path: /^\/templates\/([^/]+)$/, endpoint: patchTemplate("v1") },
  { method: "PATCH", path: /^\/v2\/templates\/([^/]+)$/, endpoint: patchTemplate("v2") },
  { method: "GET", path: /^\/templates\/([^/]+)\/tags$/, endpoint: listTags },
  { method: "GET", path: /^\/templates\/([^/]+)\/files\/([^/]+)$/, endpoint: fileUpload },
  { method: "POST", path: /^\/v2\/templates\/([^/]+)\/builds\/([^/]+)$/, endpoint: startBuild },
  { method: "GET", path: /^\/templates\/([^/]+)\/builds\/([^/]+)\/status$/, endpoint: buildStatus },
  { method: "GET", path: /^\/templates\/([^/]+)\/builds\/([^/]+)\/logs$/, endpoint: buildLogs },
];

export async function answerTemplates(
  plane: ControlPlane,
  request: ServedRequest,
  url: URL,
): Promise<Answer | null> {
  for (const { method, path, endpoint } of routes) {
    const match = method === request.method ? path.exec(url.pathname) : null;
    if (match === null) continue;
    const parts = decoded(match.slice(1));
    if (parts === null) return problem(400, "Invalid template ID");
    const body = await readObject(request);
    if (body === null)
      return problem(400, "Invalid request body: it is not a JSON object of acceptable size");
    return endpoint(plane, { url, body, parts, origin: originOf(request) });
  }
  return null;
}

function decoded(parts: readonly string[]): readonly string[] | null {
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    return null;
  }
}
