// Snapshots: the files of a running sandbox as one more ready build of a template, so that create, tags and delete know
// them already. Processes and memory are not part of them; the template's start command runs again.
import { problem, type Answer } from "../answer.ts";
import { captureRunning } from "../lifecycle/fork.ts";
import { limits } from "../limits.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import { forgetOldBuilds } from "../templates/forget-builds.ts";
import { emptyContext, type Built, type Template } from "../templates/model.ts";
import { defaultTag, parseName, teamSlug, type TemplateName } from "../templates/names.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { pageOf, readPaging } from "./paging.ts";
import { changeFailed } from "./pausing.ts";
import { withRunning, notFound } from "./with-sandbox.ts";

export const snapshotEndpoint = withRunning(async (plane, sandbox, { body }) => {
  const name = readName(plane, body.name);
  if (name !== null && "status" in name) return name;
  try {
    const image = await captureRunning(plane, sandbox);
    if (image === "gone" || image === "paused") return notFound(sandbox.id);
    const { template, tag } = keep(plane, sandbox, { image: image.id, name });
    return { status: 201, body: snapshotJson(template, tag) };
  } catch (thrown) {
    return changeFailed(plane, "Error creating snapshot template", thrown);
  }
});

export function listSnapshotsEndpoint(plane: ControlPlane, { url }: ControlRequest): Answer {
  const query = url.searchParams;
  const paging = readPaging(query);
  if ("status" in paging) return paging;
  const of = query.get("sandboxID")?.split("-", 1)[0] ?? null;
  if (of !== null && !/^[a-z0-9]+$/.test(of)) return problem(400, "Invalid sandbox ID");
  const asked = query.get("name");
  const name = asked === null ? null : parseName(asked);
  if (typeof name === "string") return problem(400, `Invalid name: ${name}`);
  const template = asked === null ? null : (plane.templates.store.find(asked) ?? "none");
  if (template === "none") return { status: 200, body: [] };
  const found = snapshots(plane)
    .filter((shot) => of === null || shot.sandboxId === of)
    .filter((shot) => template === null || shot.template === template)
    .filter((shot) => name === null || name.tag === null || shot.tag === name.tag);
  const page = pageOf(found, paging, { order: "desc", key: (shot) => shot.order });
  return { status: 200, body: page.items.map((shot) => snapshotJson(shot.template, shot.tag)), headers: page.headers };
}

interface Snapshot {
  readonly template: Template;
  readonly tag: string;
  readonly sandboxId: string;
  readonly order: number;
}

/** Newest first; a build that a later one of the same name and tag replaced is not shown. */
function snapshots(plane: ControlPlane): Snapshot[] {
  return plane.templates.store
    .all()
    .flatMap((template) =>
      [...template.tags].flatMap(([tag, { buildId }]) => {
        const state = template.builds.get(buildId)?.state;
        const snapshot = state?.kind === "ready" ? state.built.snapshot : undefined;
        return snapshot === undefined ? [] : [{ template, tag, ...snapshot }];
      }),
    )
    .sort((a, b) => b.order - a.order);
}

function keep(
  plane: ControlPlane,
  sandbox: LocalSandbox,
  { image, name }: { readonly image: string; readonly name: TemplateName | null },
): { readonly template: Template; readonly tag: string } {
  const { store } = plane.templates;
  const tag = name?.tag ?? defaultTag;
  const { origin } = sandbox;
  const built: Built = {
    image,
    context: origin?.built.context ?? emptyContext,
    start: origin?.built.start ?? null,
    base: `Files of sandbox ${sandbox.id}; processes and memory are not part of it`,
    snapshot: { sandboxId: sandbox.id, order: (snapshots(plane)[0]?.order ?? 0) + 1 },
  };
  const { cpuCount, memoryMb } = origin?.build ?? limits;
  const made = store.addReady({
    name: name?.name ?? null,
    tags: [tag],
    snapshotOf: sandbox.id,
    built,
    cpuCount,
    memoryMb,
  });
  forgetOldBuilds(plane.images, made.template);
  return { template: made.template, tag };
}

/** Null: only its id leads to it. */
function readName(plane: ControlPlane, asked: unknown): TemplateName | null | Answer {
  if (asked === undefined || asked === null || asked === "") return null;
  if (typeof asked !== "string") return problem(400, "Invalid name: it must be a text");
  const name = parseName(asked);
  if (typeof name === "string") return problem(400, `Invalid name: ${name}`);
  if (name.namespace !== null && name.namespace !== teamSlug)
    return problem(400, `namespace '${name.namespace}' must match your team '${teamSlug}'`);
  const known = plane.templates.store.byName(name.name);
  if (known?.builtIn === true) return problem(400, `Invalid name: template '${name.name}' is built into this server`);
  return name;
}

function snapshotJson(template: Template, tag: string): Record<string, unknown> {
  const names = template.name === null ? [] : [`${teamSlug}/${template.name}`];
  return { snapshotID: `${names[0] ?? template.id}:${tag}`, names };
}
