// GET /v2/sandboxes and /sandboxes: filters, order, pages. Sorted before paging, with a tie-break, so pages never overlap.
import { problem, type Answer } from "../answer.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { ControlPlane, ControlRequest } from "./context.ts";
import { listedJson } from "./sandbox-json.ts";

const maxLimit = 100;

/** Running sandboxes only, all at once: the deprecated form. */
export function listEndpointV1(plane: ControlPlane, { url }: ControlRequest): Answer {
  const wanted = metadataFilter(url);
  if (wanted === null) return problem(400, "metadata filter cannot be decoded");
  const found = newestFirst(plane).filter((sandbox) => matches(sandbox, wanted));
  return { status: 200, body: found.map((sandbox) => listedJson(plane, sandbox)) };
}

export function listEndpoint(plane: ControlPlane, { url }: ControlRequest): Answer {
  const query = url.searchParams;
  const limit = Number(query.get("limit") ?? maxLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) return problem(400, `limit must be 1 to ${maxLimit}`);
  const wanted = metadataFilter(url);
  if (wanted === null) return problem(400, "metadata filter cannot be decoded");
  const states = (query.get("state") ?? "running,paused").split(",");
  const template = query.get("template");
  const after = query.get("startedAfter");
  const found = newestFirst(plane)
    .filter((sandbox) => states.includes("running") && matches(sandbox, wanted))
    .filter((sandbox) => template === null || plane.templates.store.find(template)?.id === sandbox.templateId)
    .filter((sandbox) => after === null || sandbox.startedAtMs > Date.parse(after));
  if (query.get("order") === "asc") found.reverse();
  const from = startOfPage(found, query.get("nextToken"));
  if (from === null) return problem(400, "nextToken is not one of ours");
  const page = found.slice(from, from + limit);
  const last = page.at(-1);
  const more = last !== undefined && from + limit < found.length;
  return {
    status: 200,
    body: page.map((sandbox) => listedJson(plane, sandbox)),
    headers: {
      ...(more ? { "x-next-token": tokenAfter(last) } : {}),
      ...(states.includes("running") ? { "x-total-running": String(found.length) } : {}),
    },
  };
}

function newestFirst(plane: ControlPlane): LocalSandbox[] {
  return [...plane.table.all()].sort((a, b) => b.order - a.order);
}

/** A page continues after an order number, so sandboxes that come and go in between shift nothing. */
function tokenAfter(sandbox: LocalSandbox): string {
  return Buffer.from(`after:${sandbox.order}`).toString("base64url");
}

function startOfPage(found: readonly LocalSandbox[], token: string | null): number | null {
  if (token === null || token === "") return 0;
  const match = /^after:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (match === null) return null;
  const order = Number(match[1]);
  const first = found[0];
  const last = found.at(-1);
  const ascending = first !== undefined && last !== undefined && first.order < last.order;
  const at = found.findIndex((sandbox) => (ascending ? sandbox.order > order : sandbox.order < order));
  return at === -1 ? found.length : at;
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
