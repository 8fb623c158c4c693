// The admin route of the fault plane: plan, list, look at and clear faults. Its token is its own, so that a program under test
// which holds the API key cannot reach it.
import type { ServedRequest } from "../served.ts";
import { problem, readObject, type Answer } from "../answer.ts";
import { sameSecret } from "../signature.ts";
import type { Entry } from "./book.ts";
import type { IncomingCall } from "./fault-call.ts";
import { adminHeader, faultLimits, faultsPath } from "./fault-limits.ts";
import { needsSandbox } from "./fits.ts";
import { parsePlan } from "./parse-plan.ts";
import type { FaultPlane } from "./plane.ts";
import { actOnSandbox, unavailable } from "./sandbox-actions.ts";

export async function answerAdmin(plane: FaultPlane, token: string, { request, url }: IncomingCall): Promise<Answer> {
  const given = request.headers[adminHeader];
  if (typeof given !== "string" || !sameSecret(given, token)) {
    request.resume();
    return problem(401, `Invalid admin token: ${adminHeader} is not the token of this server's fault plane`);
  }
  const id = url.pathname.slice(faultsPath.length).replace(/^\//, "");
  switch (request.method) {
    case "POST":
      return id === "" ? planFault(plane, request) : unknownRoute(request);
    case "GET":
      return id === "" ? list(plane) : withEntry(plane, id, (entry) => ({ status: 200, body: plane.book.show(entry) }));
    case "DELETE":
      return id === "" ? clear(plane, plane.book.all()) : withEntry(plane, id, (entry) => clear(plane, [entry]));
    default:
      return unknownRoute(request);
  }
}

async function planFault(plane: FaultPlane, request: ServedRequest): Promise<Answer> {
  const body = await readObject(request);
  if (body === null || JSON.stringify(body).length > faultLimits.planBytes)
    return problem(400, `Fault refused: the body is not a JSON object of at most ${faultLimits.planBytes} bytes`);
  const parsed = parsePlan(body);
  if (!parsed.ok) return problem(400, `Fault refused: ${parsed.problem}`);
  const { plan } = parsed;
  const lack = unavailable(plane.context.label, plan.action);
  if (lack !== null) return problem(501, `Fault refused: ${plan.action.kind} cannot be had here: ${lack}`);
  const sandboxId = plan.match?.sandboxId ?? "";
  const sandbox = plane.context.table.get(sandboxId);
  if (plan.trigger === "now" && sandbox === undefined) return problem(404, `Sandbox "${sandboxId}" is not running`);
  const entry = plane.book.add(plan, "admin");
  if (entry === null) return problem(409, `${faultLimits.records} faults are planned and not over: clear some first`);
  if (plan.trigger === "now" && sandbox !== undefined && needsSandbox(plan.action)) {
    const attempt = plane.book.hit(entry, { method: "POST", path: faultsPath, sandboxId });
    attempt?.settle("did-not-happen");
    if (attempt !== null) await actOnSandbox(plane.context, { sandbox, attempt, spared: null }, plan.action);
  }
  return { status: 201, body: plane.book.show(entry) };
}

function list(plane: FaultPlane): Answer {
  return { status: 200, body: { faults: plane.book.all().map((entry) => plane.book.show(entry)) } };
}

function clear(plane: FaultPlane, entries: readonly Entry[]): Answer {
  for (const entry of entries) plane.book.end(entry);
  return { status: 204 };
}

function withEntry(plane: FaultPlane, id: string, call: (entry: Entry) => Answer): Answer {
  const entry = plane.book.get(id);
  return entry === undefined ? problem(404, `no fault ${id.slice(0, 60)}`) : call(entry);
}

function unknownRoute(request: ServedRequest): Answer {
  request.resume();
  return problem(404, `no route ${request.method ?? ""} ${faultsPath}`);
}
