// Reading and changing templates: list, get, alias, publish, delete.
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { cancel } from "../builder.ts";
import { shownName, type Template } from "../model.ts";
import { parseName } from "../names.ts";
import { buildJson, iso, namedTemplate, namesOf, ownTemplate, templateJson, type TemplateRequest } from "./shared.ts";

const maxLimit = 100;

export function listTemplates(plane: ControlPlane): Answer {
  return { status: 200, body: newestFirst(plane).map((template) => templateJson(template)) };
}

export function listTemplatesPaged(plane: ControlPlane, { url }: TemplateRequest): Answer {
  const page = pageOf(newestFirst(plane), url, (template) => template.id);
  if (page === null) return problem(400, `limit must be 1 to ${maxLimit} and nextToken one of ours`);
  return { status: 200, body: page.items.map((template) => templateJson(template)), headers: page.headers };
}

export function getTemplate(plane: ControlPlane, { parts, url }: TemplateRequest): Answer {
  const template = namedTemplate(plane, parts[0] ?? "");
  if ("status" in template) return template;
  const page = pageOf([...template.builds.values()].reverse(), url, (build) => build.id);
  if (page === null) return problem(400, `limit must be 1 to ${maxLimit} and nextToken one of ours`);
  return {
    status: 200,
    headers: page.headers,
    body: {
      templateID: template.id,
      public: template.public,
      ...namesOf(template),
      createdAt: iso(template.createdAtMs),
      updatedAt: iso(template.updatedAtMs),
      lastSpawnedAt: template.lastSpawnedAtMs === null ? null : iso(template.lastSpawnedAtMs),
      spawnCount: template.spawnCount,
      builds: page.items.map((build) => buildJson(build)),
    },
  };
}

export function getAlias(plane: ControlPlane, { parts }: TemplateRequest): Answer {
  const [asked = ""] = parts;
  const template = namedTemplate(plane, asked);
  if ("status" in template) return template;
  const parsed = parseName(asked);
  const tag = typeof parsed === "string" ? null : parsed.tag;
  if (tag !== null && !template.tags.has(tag))
    return problem(404, `tag '${tag}' does not exist for template '${shownName(template)}'`);
  return { status: 200, body: { templateID: template.id, public: template.public } };
}

export function patchTemplate(version: "v1" | "v2") {
  return (plane: ControlPlane, { parts, body }: TemplateRequest): Answer => {
    const template = ownTemplate(plane, parts[0] ?? "");
    if ("status" in template) return template;
    if (typeof body.public === "boolean") template.public = body.public;
    else if (body.public !== undefined) return problem(400, "Invalid request body: public must be true or false");
    return version === "v1" ? { status: 200, body: {} } : { status: 200, body: { names: namesOf(template).names } };
  };
}

export function deleteTemplate(plane: ControlPlane, { parts }: TemplateRequest): Answer {
  const template = ownTemplate(plane, parts[0] ?? "");
  if ("status" in template) return template;
  if (plane.table.all().some((sandbox) => sandbox.templateId === template.id))
    return problem(400, `cannot delete template '${template.id}' because there are running sandboxes using it`);
  for (const build of template.builds.values()) cancel(build, "the template was deleted");
  for (const image of plane.templates.store.remove(template)) plane.images.release(image);
  return { status: 204 };
}

function newestFirst(plane: ControlPlane): Template[] {
  return plane.templates.store
    .all()
    .filter((template) => !template.builtIn && template.snapshotOf === null)
    .toReversed();
}

interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
}

function pageOf<T>(all: readonly T[], url: URL, idOf: (item: T) => string): Page<T> | null {
  const limit = Number(url.searchParams.get("limit") ?? maxLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) return null;
  const token = url.searchParams.get("nextToken") ?? "";
  const after = token === "" ? -1 : all.findIndex((item) => idOf(item) === token);
  if (token !== "" && after === -1) return null;
  const items = all.slice(after + 1, after + 1 + limit);
  const last = items.at(-1);
  const more = last !== undefined && after + 1 + limit < all.length;
  return { items, headers: more ? { "x-next-token": idOf(last) } : {} };
}
