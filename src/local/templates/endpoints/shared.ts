// What the endpoints of templates share: the template a path names, and the shapes in which the API shows it.
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { envdVersion } from "../../limits.ts";
import { shownName, type Template, type TemplateBuild } from "../model.ts";
import { parseName, teamSlug } from "../names.ts";

export interface TemplateRequest {
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
  /** Parts of the path, decoded. */
  readonly parts: readonly string[];
  /** Scheme and host under which the client sees this server. */
  readonly origin: string;
}

export type TemplateEndpoint = (plane: ControlPlane, request: TemplateRequest) => Promise<Answer> | Answer;

/** The template a path names, or the answer that says there is none. */
export function namedTemplate(plane: ControlPlane, asked: string): Template | Answer {
  const parsed = parseName(asked);
  if (typeof parsed === "string") return problem(400, `Invalid template ID: ${parsed}`);
  return plane.templates.store.find(asked) ?? problem(404, `template '${asked}' not found`);
}

/** The same for what is about to be changed: the server's own templates are not the user's to change. */
export function ownTemplate(plane: ControlPlane, asked: string): Template | Answer {
  const found = namedTemplate(plane, asked);
  if ("status" in found || !found.builtIn) return found;
  return problem(403, `You don't have access to sandbox template '${shownName(found)}'`);
}

export function namesOf(template: Template): { readonly aliases: readonly string[]; readonly names: readonly string[] } {
  const { name } = template;
  if (name === null) return { aliases: [], names: [] };
  return { aliases: [name], names: [template.builtIn ? name : `${teamSlug}/${name}`] };
}

export function templateJson(template: Template): Record<string, unknown> {
  const build = shownBuild(template);
  return {
    templateID: template.id,
    buildID: build?.id ?? "",
    cpuCount: build?.cpuCount ?? 0,
    memoryMB: build?.memoryMb ?? 0,
    diskSizeMB: 0,
    public: template.public,
    ...namesOf(template),
    createdAt: iso(template.createdAtMs),
    updatedAt: iso(template.updatedAtMs),
    createdBy: null,
    lastSpawnedAt: template.lastSpawnedAtMs === null ? null : iso(template.lastSpawnedAtMs),
    spawnCount: template.spawnCount,
    buildCount: template.builds.size,
    envdVersion,
    buildStatus: build?.state.kind ?? "waiting",
    // Not E2B's: what a local template really stands on.
    localBase: baseOf(build),
  };
}

export function buildJson(build: TemplateBuild): Record<string, unknown> {
  const { state } = build;
  const ended = state.kind === "ready" || state.kind === "error";
  return {
    buildID: build.id,
    status: state.kind,
    createdAt: iso(build.createdAtMs),
    updatedAt: iso(build.updatedAtMs),
    ...(ended ? { finishedAt: iso(state.finishedAtMs) } : {}),
    cpuCount: build.cpuCount,
    memoryMB: build.memoryMb,
    diskSizeMB: 0,
    envdVersion,
    localBase: baseOf(build),
  };
}

/** The last one that can be started from, else the last one. */
function shownBuild(template: Template): TemplateBuild | undefined {
  const builds = [...template.builds.values()];
  return builds.findLast((build) => build.state.kind === "ready") ?? builds.at(-1);
}

function baseOf(build: TemplateBuild | undefined): string | null {
  return build?.state.kind === "ready" ? build.state.built.base : null;
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
