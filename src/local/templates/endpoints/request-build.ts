// POST /v3/templates: a name gets a new build, and a new template where the name is new.
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { limits } from "../../limits.ts";
import { forgetOldBuilds } from "../forget-builds.ts";
import { defaultTag, parseName, parseTags, teamSlug } from "../names.ts";
import { namesOf, type TemplateRequest } from "./shared.ts";

interface Asked {
  readonly name: string;
  readonly tags: readonly string[];
  readonly cpuCount: number;
  readonly memoryMb: number;
}

export function requestBuild(plane: ControlPlane, { body }: TemplateRequest): Answer {
  const asked = parseRequest(body);
  if ("status" in asked) return asked;
  const { store } = plane.templates;
  const known = store.byName(asked.name);
  if (known?.builtIn === true) {
    const sentence = `Template name '${asked.name}' belongs to the local server itself; choose another`;
    return problem(409, sentence);
  }
  if (known === undefined && store.all().length >= limits.templates)
    return problem(429, `you have reached the maximum number of templates (${limits.templates})`);
  const template = known ?? store.add(asked.name);
  forgetOldBuilds(plane.images, template);
  const build = store.addBuild(template, asked);
  return {
    status: 202,
    body: {
      templateID: template.id,
      buildID: build.id,
      public: template.public,
      tags: asked.tags,
      ...namesOf(template),
    },
  };
}

function parseRequest(body: Readonly<Record<string, unknown>>): Asked | Answer {
  const text = body.name ?? body.alias;
  if (typeof text !== "string") return problem(400, "Name is required");
  const parsed = parseName(text);
  if (typeof parsed === "string") return problem(400, `Invalid name: ${parsed}`);
  if (parsed.namespace !== null && parsed.namespace !== teamSlug)
    return problem(400, `namespace '${parsed.namespace}' must match your team '${teamSlug}'`);
  const given = body.tags ?? [];
  if (!isTexts(given)) return problem(400, "Invalid tag: tags must be a list of texts");
  const tags = parseTags(parsed.tag === null ? given : [parsed.tag, ...given]);
  if (typeof tags === "string") return problem(400, `Invalid tag: ${tags}`);
  const size = parseSize(body);
  return "status" in size ? size : { name: parsed.name, tags: tags.length === 0 ? [defaultTag] : tags, ...size };
}

function parseSize({ cpuCount, memoryMB, minFreeDiskMb }: Readonly<Record<string, unknown>>):
  | Pick<Asked, "cpuCount" | "memoryMb">
  | Answer {
  const cpu = cpuCount ?? limits.cpuCount;
  const memory = memoryMB ?? limits.memoryMb;
  const most = { cpu: limits.templateCpuCount, memory: limits.templateMemoryMb };
  if (!isWhole(cpu) || cpu < 1) return problem(400, "CPU count must be at least 1");
  if (cpu > most.cpu) return problem(400, `CPU count must be at most ${most.cpu}`);
  if (cpu !== 1 && cpu % 2 !== 0) return problem(400, "CPU count must be 1 or an even number");
  if (!isWhole(memory) || memory < limits.templateLeastMemoryMb)
    return problem(400, `Memory must be at least ${limits.templateLeastMemoryMb} MiB`);
  if (memory % 2 !== 0) return problem(400, "Memory must be divisible by 2");
  if (memory > most.memory) return problem(400, `Memory can't be higher than ${most.memory} MiB`);
  if (minFreeDiskMb !== undefined && minFreeDiskMb !== null)
    return problem(400, "The local target does not support minFreeDiskMb: a template has no disk of its own");
  return { cpuCount: cpu, memoryMb: memory };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
