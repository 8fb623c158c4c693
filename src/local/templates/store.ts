// The templates of this server: found by id, name or tag. A tag only ever points at a finished build, so whoever asks for one
// either gets something that starts or is told why not.
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { limits } from "../limits.ts";
import { createBuildLog } from "./build-log.ts";
import { emptyContext, shownName, type Built, type ReadyTemplate, type Template, type TemplateBuild } from "./model.ts";
import { defaultTag, isUuid, parseName, teamSlug } from "./names.ts";

export interface TemplateStore {
  all(): readonly Template[];
  /** By id or name, tag ignored. */
  find(asked: string): Template | undefined;
  /** What a sandbox created from `asked` starts from, or the sentence of the 404. */
  resolve(asked: string): ReadyTemplate | string;
  byName(name: string): Template | undefined;
  add(name: string): Template;
  /** A template with one more build that needs no building; an existing name gets it as its newest. */
  addReady(made: ReadyMade): ReadyTemplate;
  addBuild(template: Template, asked: BuildAsked): TemplateBuild;
  build(templateId: string, buildId: string): TemplateBuild | undefined;
  /** False when the template was deleted meanwhile: nobody can reach the build. */
  finish(build: TemplateBuild, built: Built): boolean;
  fail(build: TemplateBuild, reason: { readonly message: string; readonly step?: string }): void;
  tag(template: Template, tag: string, buildId: string): void;
  spawned(template: Template): void;
  /** Returns the images nobody can reach any more. */
  remove(template: Template): readonly string[];
}

export type BuildAsked = Pick<TemplateBuild, "cpuCount" | "memoryMb" | "tags">;

export interface ReadyMade extends BuildAsked {
  /** Null: only its id leads to it. */
  readonly name: string | null;
  readonly snapshotOf: string | null;
  /** Its image is held by the build from here on. */
  readonly built: Built;
}

interface Tools {
  readonly clock: Clock;
  readonly random: Random;
}

/** All three stand on the host's programs; what differs is what they promise to hold. */
const builtIns = [
  { id: "rki5dems9wqfm4r03t7g", name: "base" },
  { id: "local0node0template0", name: "node" },
  { id: "local0python0templat", name: "python" },
] as const;
const otherNames: Readonly<Record<string, string>> = { nodejs: "node" };
const idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
const idLength = 20;
/** The namespace under which E2B publishes its own templates. */
const publisher = "e2b";

export function createTemplateStore(tools: Tools): TemplateStore {
  const { clock } = tools;
  const templates = new Map<string, Template>();
  const store: TemplateStore = {
    all: () => [...templates.values()],
    byName: (name) => [...templates.values()].find((template) => template.name === name),
    find: (asked) => find(store, templates, asked),
    resolve: (asked) => resolve(store, asked),
    add: (name) => put(templates, fresh(tools, { name, snapshotOf: null })),
    addReady({ name, snapshotOf, built, ...asked }) {
      const known = name === null ? undefined : store.byName(name);
      const template = known ?? put(templates, fresh(tools, { name, snapshotOf }));
      const build = store.addBuild(template, asked);
      store.finish(build, built);
      return { template, build, built };
    },
    addBuild(template, asked) {
      const build = newBuild(tools, template, asked);
      template.builds.set(build.id, build);
      template.updatedAtMs = clock.nowMs();
      return build;
    },
    build: (templateId, buildId) => templates.get(templateId)?.builds.get(buildId),
    finish(build, built) {
      build.updatedAtMs = clock.nowMs();
      build.state = { kind: "ready", built, finishedAtMs: build.updatedAtMs };
      const template = templates.get(build.templateId);
      if (template === undefined) return false;
      for (const tag of build.tags) store.tag(template, tag, build.id);
      return true;
    },
    fail(build, reason) {
      build.updatedAtMs = clock.nowMs();
      build.state = { kind: "error", reason, finishedAtMs: build.updatedAtMs };
    },
    tag(template, tag, buildId) {
      template.tags.set(tag, { buildId, createdAtMs: clock.nowMs() });
      template.updatedAtMs = clock.nowMs();
    },
    spawned(template) {
      template.spawnCount++;
      template.lastSpawnedAtMs = clock.nowMs();
    },
    remove(template) {
      templates.delete(template.id);
      return [...template.builds.values()].flatMap((build) => imageOf(build) ?? []);
    },
  };
  for (const { id, name } of builtIns) {
    addBuiltIn(store, put(templates, { ...fresh(tools, { name, snapshotOf: null }), id, builtIn: true, public: true }));
  }
  return store;
}

function put(templates: Map<string, Template>, template: Template): Template {
  templates.set(template.id, template);
  return template;
}

function addBuiltIn(store: TemplateStore, template: Template): void {
  const { cpuCount, memoryMb } = limits;
  const build = store.addBuild(template, { cpuCount, memoryMb, tags: [defaultTag] });
  store.finish(build, { image: null, context: emptyContext, start: null, base: "Stands on this machine's own /usr" });
}

function find(store: TemplateStore, templates: ReadonlyMap<string, Template>, asked: string): Template | undefined {
  const parsed = parseName(asked);
  if (typeof parsed === "string") return undefined;
  const name = otherNames[parsed.name] ?? parsed.name;
  const found = templates.get(name) ?? store.byName(name);
  const { namespace } = parsed;
  if (namespace === null || namespace === teamSlug) return found;
  return namespace === publisher && found?.builtIn === true ? found : undefined;
}

function resolve(store: TemplateStore, asked: string): ReadyTemplate | string {
  const template = store.find(asked);
  if (template === undefined) return `template '${asked}' not found`;
  const parsed = parseName(asked);
  const tag = (typeof parsed === "string" ? null : parsed.tag) ?? defaultTag;
  const buildId = isUuid(tag) ? tag : template.tags.get(tag)?.buildId;
  const build = buildId === undefined ? undefined : template.builds.get(buildId);
  if (build?.state.kind === "ready") return { template, build, built: build.state.built };
  return tag === defaultTag
    ? `template '${asked}' not found: it has no finished build`
    : `tag '${tag}' does not exist for template '${shownName(template)}'`;
}

export function imageOf(build: TemplateBuild): string | null {
  return build.state.kind === "ready" ? build.state.built.image : null;
}

function fresh(tools: Tools, named: Pick<Template, "name" | "snapshotOf">): Template {
  const now = tools.clock.nowMs();
  return {
    ...named,
    id: makeId(tools.random),
    builtIn: false,
    public: false,
    createdAtMs: now,
    updatedAtMs: now,
    lastSpawnedAtMs: null,
    spawnCount: 0,
    builds: new Map(),
    tags: new Map(),
  };
}

function newBuild(
  { clock, random }: Tools,
  template: Template,
  asked: BuildAsked,
): TemplateBuild {
  const now = clock.nowMs();
  return {
    ...asked,
    id: makeUuid(random),
    templateId: template.id,
    createdAtMs: now,
    updatedAtMs: now,
    log: createBuildLog(clock),
    state: { kind: "waiting" },
  };
}

function makeId(random: Random): string {
  let id = "";
  while (id.length < idLength) {
    // Bytes beyond the last whole multiple of 36 would make some letters likelier.
    for (const byte of random.bytes(idLength)) if (byte < 252 && id.length < idLength) id += idAlphabet[byte % 36];
  }
  return id;
}

/** Version 4. */
export function makeUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
