// One build: its start, its status with a page of its log, and its log alone.
import { problem, type Answer } from "../../answer.ts";
import type { ControlPlane } from "../../control-plane/context.ts";
import { limits } from "../../limits.ts";
import { atLeast, isLogLevel, type LogEntry } from "../build-log.ts";
import type { TemplateBuild } from "../model.ts";
import { isUuid } from "../names.ts";
import { parseBuildPlan } from "../parse-build.ts";
import { iso, ownTemplate, type TemplateRequest } from "./shared.ts";

const maxEntries = 100;
/** What a failed step said last. */
const reasonEntries = 20;

export function startBuild(plane: ControlPlane, request: TemplateRequest): Answer {
  const build = namedBuild(plane, request);
  if ("status" in build) return build;
  const plan = parseBuildPlan(request.body);
  if (typeof plan === "string") return problem(400, `Invalid request body: ${plan}`);
  if (build.state.kind !== "waiting") return problem(400, "build is not in waiting state");
  if (!plane.templates.builder.submit(build, plan)) {
    const most = limits.buildsAtOnce + limits.buildsWaiting;
    return problem(429, `you have reached the maximum number of concurrent template builds (${most})`);
  }
  return { status: 202 };
}

export function buildStatus(plane: ControlPlane, request: TemplateRequest): Answer {
  const build = namedBuild(plane, request);
  if ("status" in build) return build;
  const query = request.url.searchParams;
  const offset = whole(query.get("logsOffset"), 0);
  const limit = whole(query.get("limit"), maxEntries);
  const level = query.get("level");
  if (offset === null || limit === null) return problem(400, "logsOffset and limit must be whole numbers");
  if (level !== null && !isLogLevel(level)) return problem(400, `level '${level}' is not known`);
  const entries = build.log.entries().filter((entry) => level === null || atLeast(entry, level));
  return {
    status: 200,
    body: {
      templateID: build.templateId,
      buildID: build.id,
      status: build.state.kind,
      logEntries: entries.slice(offset, offset + Math.min(limit, maxEntries)).map((entry) => entryJson(entry)),
      logs: [],
      ...reasonJson(build),
    },
  };
}

export function buildLogs(plane: ControlPlane, request: TemplateRequest): Answer {
  const build = namedBuild(plane, request);
  if ("status" in build) return build;
  const query = request.url.searchParams;
  const limit = whole(query.get("limit"), maxEntries);
  const cursor = whole(query.get("cursor"), null);
  const level = query.get("level");
  if (limit === null || (cursor === null && query.has("cursor")))
    return problem(400, "cursor and limit must be whole numbers");
  if (level !== null && !isLogLevel(level)) return problem(400, `level '${level}' is not known`);
  const backward = query.get("direction") === "backward";
  const all = build.log.entries().filter((entry) => level === null || atLeast(entry, level));
  const found = backward
    ? all.filter((entry) => cursor === null || entry.timestampMs <= cursor).reverse()
    : all.filter((entry) => cursor === null || entry.timestampMs >= cursor);
  return { status: 200, body: { logs: found.slice(0, Math.min(limit, maxEntries)).map((entry) => entryJson(entry)) } };
}

function namedBuild(plane: ControlPlane, { parts }: TemplateRequest): TemplateBuild | Answer {
  const [id = "", buildId = ""] = parts;
  if (!isUuid(buildId)) return problem(400, "Invalid build id");
  const template = ownTemplate(plane, id);
  if ("status" in template) return template;
  return template.builds.get(buildId) ?? problem(404, `Build '${buildId}' not found`);
}

function reasonJson(build: TemplateBuild): Record<string, unknown> {
  if (build.state.kind !== "error") return {};
  const { message, step } = build.state.reason;
  if (step === undefined) return { reason: { message } };
  const said = build.log.entries().filter((entry) => entry.step === step);
  const logEntries = said.slice(-reasonEntries).map((entry) => entryJson(entry));
  return { reason: { message, step, logEntries } };
}

function entryJson({ timestampMs, level, message, step }: LogEntry): Record<string, unknown> {
  return { timestamp: iso(timestampMs), level, message, ...(step === null ? {} : { step }) };
}

function whole<T>(text: string | null, absent: T): number | T | null {
  if (text === null) return absent;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}
