// Tags: names for one finished build of a template. Assigning moves a tag; `default` can be moved but not deleted.
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { defaultTag, isUuid, parseName, parseTags } from "../names.ts";
import { isTexts } from "./request-build.ts";
import { iso, namedTemplate, ownTemplate, type TemplateRequest } from "./shared.ts";

export function assignTags(plane: ControlPlane, { body }: TemplateRequest): Answer {
  const tags = tagsOf(body);
  if ("status" in tags) return tags;
  const { target } = body;
  if (typeof target !== "string") return problem(400, "Invalid request body: target is missing");
  const parsed = parseName(target);
  if (typeof parsed === "string") return problem(400, `Invalid target template format: ${parsed}`);
  const template = ownTemplate(plane, target);
  if ("status" in template) return template;
  const wanted = parsed.tag ?? defaultTag;
  const buildId = isUuid(wanted) ? wanted : template.tags.get(wanted)?.buildId;
  const build = buildId === undefined ? undefined : template.builds.get(buildId);
  if (build?.state.kind !== "ready") return problem(404, `Template '${target}' with tag '${wanted}' not found`);
  for (const tag of tags.list) plane.templates.store.tag(template, tag, build.id);
  return { status: 201, body: { tags: tags.list, buildID: build.id } };
}

export function deleteTags(plane: ControlPlane, { body }: TemplateRequest): Answer {
  const tags = tagsOf(body);
  if ("status" in tags) return tags;
  if (tags.list.includes(defaultTag)) return problem(400, `Cannot delete the '${defaultTag}' tag`);
  const { name } = body;
  if (typeof name !== "string") return problem(400, "Invalid request body: name is missing");
  const parsed = parseName(name);
  if (typeof parsed === "string") return problem(400, `Invalid template name format: ${parsed}`);
  if (parsed.tag !== null)
    return problem(400, "Template name should not contain a tag, use the 'tags' field instead");
  const template = ownTemplate(plane, name);
  if ("status" in template) return template;
  for (const tag of tags.list) template.tags.delete(tag);
  return { status: 204 };
}

export function listTags(plane: ControlPlane, { parts }: TemplateRequest): Answer {
  const template = namedTemplate(plane, parts[0] ?? "");
  if ("status" in template) return template;
  const tags = [...template.tags].map(([tag, { buildId, createdAtMs }]) => ({
    tag,
    buildID: buildId,
    createdAt: iso(createdAtMs),
  }));
  return { status: 200, body: tags };
}

function tagsOf(body: Readonly<Record<string, unknown>>): { readonly list: readonly string[] } | Answer {
  const { tags } = body;
  if (!isTexts(tags)) return problem(400, "Invalid request body: tags must be a list of texts");
  if (tags.length === 0) return problem(400, "At least one tag is required");
  const list = parseTags(tags);
  return typeof list === "string" ? problem(400, `Invalid tag: ${list}`) : { list };
}
