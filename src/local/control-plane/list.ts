// GET /v2/sandboxes and /sandboxes: filters, order, pages. Sorted before paging, with a tie-break, so pages never overlap.
import { problem, type Answer } from "../answer.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { pageOf, readPaging } from "./paging.ts";
import { listedJson } from "./sandbox-json.ts";

const known = ["running", "paused"] as const;

/** Running sandboxes only, all at once: the deprecated form. */
export function listEndpointV1(plane: ControlPlane, { url }: ControlRequest): Answer {
  const wanted = metadataFilter(url);
  if (wanted === null) return problem(400, "Error parsing metadata");
  const found = newestFirst(plane).filter((sandbox) => isRunning(sandbox) && matches(sandbox, wanted));
  return { status: 200, body: found.map((sandbox) => listedJson(plane, sandbox)) };
}

export function listEndpoint(plane: ControlPlane, { url }: ControlRequest): Answer {
  const query = url.searchParams;
  const paging = readPaging(query);
  if ("status" in paging) return paging;
  const wanted = metadataFilter(url);
  if (wanted === null) return problem(400, "Error parsing metadata");
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") return problem(400, `Invalid order parameter: unknown order "${order}"`);
  const states = query.getAll("state").flatMap((text) => text.split(","));
  if (states.some((state) => !known.some((name) => name === state)))
    return problem(400, `state must be of ${known.join(", ")}`);
  const after = query.get("startedAfter");
  if (after !== null && Number.isNaN(Date.parse(after))) return problem(400, "startedAfter must be a date and time");
  const template = templateFilter(plane, query.get("template"));
  if (typeof template === "object" && template !== null) return template;
  const matching = newestFirst(plane)
    .filter((sandbox) => matches(sandbox, wanted))
    .filter((sandbox) => template === null || template === sandbox.templateId)
    .filter((sandbox) => after === null || sandbox.startedAtMs >= Date.parse(after));
  const showRunning = states.length === 0 || states.includes("running");
  const showPaused = states.length === 0 || states.includes("paused");
  const found = matching.filter((sandbox) => (isRunning(sandbox) ? showRunning : showPaused));
  if (order === "asc") found.reverse();
  const page = pageOf(found, paging, { order, key: (sandbox) => sandbox.order });
  const running = matching.filter((sandbox) => isRunning(sandbox)).length;
  return {
    status: 200,
    body: page.items.map((sandbox) => listedJson(plane, sandbox)),
    headers: { ...page.headers, ...(showRunning ? { "x-total-running": String(running) } : {}) },
  };
}

function isRunning(sandbox: LocalSandbox): boolean {
  return sandbox.state.kind === "running";
}

function newestFirst(plane: ControlPlane): LocalSandbox[] {
  return [...plane.table.all()].sort((a, b) => b.order - a.order);
}

/** A template's id; an unknown name is no id, so it matches nothing. */
function templateFilter(plane: ControlPlane, asked: string | null): string | null | Answer {
  if (asked === null) return null;
  if (asked.includes(":"))
    return problem(400, "Invalid template: tags are not supported here because sandboxes are not tag-scoped");
  return plane.templates.store.find(asked)?.id ?? asked.trim().toLowerCase();
}

/** Keys and values are percent-encoded once more inside the query text. */
function metadataFilter(url: URL): ReadonlyMap<string, string> | null {
  const text = url.searchParams.get("metadata");
  if (text === null) return new Map();
  try {
    return new Map(
      [...new URLSearchParams(text)].map(([key, value]) => [decodeURIComponent(key), decodeURIComponent(value)]),
    );
  } catch {
    return null;
  }
}

function matches(sandbox: LocalSandbox, wanted: ReadonlyMap<string, string>): boolean {
  return [...wanted].every(([key, value]) => sandbox.metadata[key] === value);
}
