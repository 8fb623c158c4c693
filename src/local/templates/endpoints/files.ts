// Where the archive of a COPY step goes: the address first, then the upload itself.
import type { ServedRequest } from "../../served.ts";
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { limits } from "../../limits.ts";
import { filesHashPattern } from "../parse-build.ts";
import { ownTemplate, type TemplateRequest } from "./shared.ts";

export function fileUpload(plane: ControlPlane, { parts, origin }: TemplateRequest): Answer {
  const [id = "", hash = ""] = parts;
  if (!filesHashPattern.test(hash)) return problem(400, "Invalid files hash");
  const template = ownTemplate(plane, id);
  if ("status" in template) return template;
  const { files } = plane.templates;
  const url = origin + files.uploadTarget(template.id, hash);
  return { status: 201, body: { present: files.has(hash), url } };
}

/** PUT of the archive; the address is its only authority. */
export async function receiveUpload(plane: ControlPlane, request: ServedRequest, url: URL): Promise<Answer> {
  if (request.method !== "PUT") return drained(request, problem(405, "an upload address takes PUT only"));
  const hash = plane.templates.files.admit(url);
  if (hash === null) return drained(request, problem(403, "This upload address is not valid, or no longer"));
  const length = request.headers["content-length"];
  const outcome = await plane.templates.files.store(hash, request, length === undefined ? null : Number(length));
  switch (outcome) {
    case "stored":
      return { status: 200 };
    case "too-large":
      return drained(request, problem(413, `An upload may have ${limits.uploadBytes} bytes`));
    case "too-many":
      return drained(request, problem(503, `${limits.uploadsAtOnce} uploads are under way; try again`));
    case "no-space":
      return drained(request, problem(507, "No space is left for uploads"));
    case "broken-off":
      return problem(400, "The upload ended before its announced length");
  }
}

/** A body nobody reads would wedge the connection: it is closed after the answer. */
function drained(request: ServedRequest, answer: Answer): Answer {
  request.resume();
  return { ...answer, headers: { ...answer.headers, connection: "close" } };
}
