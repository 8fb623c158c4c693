// What each route answers.
import { readFileSync } from "node:fs";
import { jsonSchema } from "../../contracts/parse.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { packageFolder } from "../../host/package-folder.ts";
import { readBody } from "../mcp/http/node-web.ts";
import { toWire } from "../wire-names.ts";
import type { Refusal } from "./access.ts";
import { answer, elsewhere, failed, guardHeaders, html, json, problem } from "./answers.ts";
import { readCursor } from "./cursor.ts";
import { metricsText, metricsType } from "./metrics.ts";
import { deedOf, operationOf, performCall, readCall } from "./operate.ts";
import { dashboard, loginPage } from "./page.ts";
import type { Call, Serving } from "./server.ts";
import { hasGone, openStream } from "./stream.ts";

const maxBodyBytes = 1024 * 1024;
/** Streams at once. */
const mostViewers = 500;

/** Null when the answer goes on by itself. */
export async function handle(serving: Serving, call: Call): Promise<Response | Refusal | null> {
  const { found, url } = call;
  switch (found.route.name) {
    case "dashboard":
      return page(serving, call);
    case "login":
      return serving.access.asksForTokens
        ? html(200, loginPage(null))
        : elsewhere("/", serving.access.leave(call.request));
    case "enter":
      return enterByForm(serving, call);
    case "logout":
      return elsewhere("/login", serving.access.leave(call.request));
    case "style":
      return answer(200, "text/css; charset=utf-8", fileOf("app.css"));
    case "script":
      return answer(200, "text/javascript; charset=utf-8", fileOf("app.js"));
    case "healthz":
      return answer(200, "text/plain; charset=utf-8", "ok\n");
    case "readyz":
      return ready(serving);
    case "metrics":
      return answer(200, metricsType, metricsText(await serving.boards.all(), serving.figures));
    case "swarms":
      return json(200, { swarms: (await serving.boards.all()).map(({ status }) => statusWire(status)) });
    case "swarm":
      return json(200, statusWire((await boardOf(serving, found.subject)).status));
    case "board":
      return json(200, boardWire(await boardOf(serving, found.subject)));
    case "events":
      return events(serving, call, url);
    case "operation":
      return operate(serving, call);
  }
}

type BoardOf = Awaited<ReturnType<Serving["boards"]["get"]>>;

function boardOf({ boards, only }: Serving, swarmId: string): Promise<BoardOf> {
  if (only === null || only === swarmId) return boards.get(swarmId);
  throw new SwarmError("swarm.not-found", `Cannot show swarm ${swarmId}: this server shows ${only} alone`, {
    hint: "Start it without --swarm",
  });
}

function statusWire(status: BoardOf["status"]): unknown {
  return toWire(jsonSchema("swarm-status.output"), status);
}

function boardWire({ status, health, figures, minutes, edges, cost, decisions, faults }: BoardOf): unknown {
  return {
    status: statusWire(status),
    health: toWire(jsonSchema("swarm-health.output"), health),
    tasks: {
      done: figures.done,
      dead: figures.dead,
      expired: figures.expired,
      votes: figures.votes,
      latency_ms: figures.latency,
    },
    minutes: minutes.map(({ atMs, ended, averageMs }) => ({ at_ms: atMs, ended, average_ms: averageMs })),
    edges,
    cost: {
      price_list: cost.priceList,
      provenance: "modelled",
      sandbox_seconds: cost.sandboxSeconds,
      total_micro_usd: cost.totalMicroUsd,
      per_hour_micro_usd: cost.perHourMicroUsd,
      budget_micro_usd: cost.budgetMicroUsd,
    },
    decisions: decisions.map(({ taskId, atMs, decision }) => ({
      task_id: taskId,
      at_ms: atMs,
      decision: toWire(jsonSchema("decision"), decision),
    })),
    faults,
  };
}

async function page(serving: Serving, call: Call): Promise<Response | Refusal> {
  const token = call.url.searchParams.get("token");
  if (token !== null) {
    const entered = await serving.access.enter(call.request, call.address, token);
    return typeof entered === "string" ? elsewhere("/", entered) : entered;
  }
  const boards = await serving.boards.all();
  const asked = call.url.searchParams.get("swarm");
  const shown = boards.find(({ status }) => status.swarmId === asked) ?? null;
  if (asked !== null && shown === null) return problem(404, "swarm.not-found", "No swarm of that id is shown here");
  const live = boards.find(({ status }) => status.status !== "stopped") ?? boards[0] ?? null;
  return html(200, dashboard({ boards, shown: shown ?? live, hasSession: serving.access.asksForTokens }));
}

async function enterByForm(serving: Serving, { incoming, request, address }: Call): Promise<Response | Refusal> {
  const body = await readBody(incoming, maxBodyBytes);
  const token = new URLSearchParams(body ?? "").get("token") ?? "";
  const entered = await serving.access.enter(request, address, token);
  if (typeof entered === "string") return elsewhere("/", entered);
  if (entered.status !== 401) return entered;
  await serving.audit.write({ who: entered.who, what: "POST /login", outcome: `401 ${entered.why}` });
  return html(401, loginPage(`${entered.why}.`));
}

/** Says how many and never which: it is open to all. */
async function ready({ boards, observatory }: Serving): Promise<Response> {
  const plain = "text/plain; charset=utf-8";
  try {
    const all = await boards.all();
    const isLive = await Promise.all(all.map(({ status }) => observatory.isLive(status.swarmId).catch(() => false)));
    const live = all.filter((_, at) => isLive[at]);
    const headless = live.filter(({ status }) => status.leader === null);
    if (headless.length === 0) return answer(200, plain, "ready\n");
    return answer(503, plain, `not ready: ${headless.length} of ${live.length} swarms have no leader\n`);
  } catch (thrown) {
    return answer(503, plain, `not ready: the record does not answer (${SwarmError.from(thrown).code})\n`);
  }
}

async function events(serving: Serving, call: Call, url: URL): Promise<Response | null> {
  const { hub, view } = serving;
  const { request, incoming, outgoing } = call;
  const swarmId = url.searchParams.get("swarm") ?? serving.only;
  if (swarmId !== null) await boardOf(serving, swarmId);
  const said = request.headers.get("last-event-id") ?? "";
  const from = said === "" ? null : readCursor(said);
  if (said !== "" && from === null) return problem(400, "usage.invalid", "Last-Event-ID is none of ours");
  if (hub.viewers() >= mostViewers)
    return problem(503, "full", `${mostViewers} look on already`, { "retry-after": "10" });
  const viewer = openStream(outgoing, swarmId, guardHeaders);
  const isShown = swarmId !== null && url.searchParams.has("view");
  const unwatch = isShown ? view.watch(swarmId) : () => undefined;
  let leave: () => void = () => undefined;
  outgoing.once("close", () => {
    unwatch();
    leave();
  });
  leave = await hub.join(viewer, from);
  if (isShown) viewer.write(`event: view\ndata: ${await view.whole(swarmId)}\n\n`);
  if (hasGone(incoming, outgoing)) leave();
  return null;
}

async function operate(
  serving: Serving,
  { admission, found, incoming, request, url }: Call,
): Promise<Response | Refusal> {
  const { audit, backend } = serving;
  const { who } = admission;
  const row = operationOf(found.subject);
  if (!(request.headers.get("content-type") ?? "").startsWith("application/json")) {
    return problem(415, "usage.invalid", "The body must be application/json");
  }
  if (row.effect !== "read" && !admission.scopes.includes("operate")) {
    return { status: 403, why: "The token only allows to look", who };
  }
  const body = await readBody(incoming, maxBodyBytes);
  if (body === null) return problem(413, "usage.invalid", `The body is larger than ${maxBodyBytes} bytes`);
  const input = readCall(row, body, url.searchParams.get("confirm") === "yes");
  if (row.effect === "read") return json(200, await performCall(backend, row, input, request.signal));
  const what = deedOf(row, input);
  // Before anything is done: a deed that could not be written down is not done.
  await audit.write({ who, what, outcome: "asked" });
  const response = await performCall(backend, row, input, request.signal).then((output) => json(200, output), failed);
  await audit.write({ who, what, outcome: String(response.status) });
  return response;
}

const files = new Map<string, string>();

function fileOf(name: "app.css" | "app.js"): string {
  const text = files.get(name) ?? readFileSync(packageFolder("templates", "dashboard", name), "utf8");
  files.set(name, text);
  return text;
}
