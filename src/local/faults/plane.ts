// The fault plane: every request passes here before its endpoint. Off, it is not there. On, it arms what the admin route and
// sentinel metadata ask for. A call without the server's key meets no fault: it gets its 401 anyway.
import { isRecord } from "../../contracts/json.ts";
import { problem, send } from "../answer.ts";
import { limits } from "../limits.ts";
import { peekUpTo } from "../read-body.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { Book, Entry } from "./book.ts";
import { describeCall, type FaultCall, type IncomingCall } from "./fault-call.ts";
import type { FaultContext } from "./fault-context.ts";
import { faultLimits } from "./fault-limits.ts";
import { perform, type Met } from "./perform.ts";
import { unavailable } from "./sandbox-actions.ts";
import { parseSentinels, type Sentinel } from "./sentinels.ts";

export interface FaultPlane {
  readonly book: Book;
  readonly context: FaultContext;
  /** Records of create sentinels that count, by their text. */
  readonly counted: Map<string, Entry>;
  /** Sandboxes whose sentinels are in the book. */
  readonly armed: WeakSet<LocalSandbox>;
}

export async function meetFaults(plane: FaultPlane, incoming: IncomingCall): Promise<Met> {
  const call = describeCall(incoming);
  plane.context.open.add(call);
  if (call.operation === "create") {
    const own = await createSentinels(plane, call);
    if (own !== null) return own;
  } else if (call.sandboxId !== null) armSandboxSentinels(plane, call.sandboxId);
  const attempt = plane.book.meet(call);
  return attempt === null ? "onward" : perform(plane.context, call, attempt);
}

/** Null when no sentinel of this create hits it. */
async function createSentinels(plane: FaultPlane, call: FaultCall): Promise<Met | null> {
  const metadata = await metadataOf(call);
  const parsed = parseSentinels(metadata);
  if (!parsed.ok) {
    send(call.response, problem(400, `Fault sentinel refused: ${parsed.problem}`));
    return "answered";
  }
  const lacks = parsed.sentinels.flatMap(({ plan }) => unavailable(plane.context.label, plan.action) ?? []);
  if (lacks[0] !== undefined) {
    send(call.response, problem(501, `Fault sentinel refused: ${lacks[0]}`));
    return "answered";
  }
  for (const sentinel of parsed.sentinels) {
    if (sentinel.about !== "create") continue;
    const entry = createEntry(plane, sentinel);
    if (entry === null) return refuseFull(call);
    if (plane.book.isOver(entry)) continue;
    const attempt = plane.book.hit(entry, call);
    if (attempt !== null) return perform(plane.context, call, attempt);
  }
  return null;
}

/** With a count, the same text means the same record; without one, each create that carries it is hit. */
function createEntry(plane: FaultPlane, { text, plan }: Sentinel): Entry | null {
  const shared = plan.count !== undefined || plan.nth !== undefined || plan.probability !== undefined;
  const known = shared ? plane.counted.get(text) : undefined;
  if (known !== undefined) return known;
  const entry = plane.book.add(plan, "sentinel");
  if (entry !== null && shared) remember(plane, text, entry);
  return entry;
}

function armSandboxSentinels(plane: FaultPlane, sandboxId: string): void {
  const sandbox = plane.context.table.get(sandboxId);
  if (sandbox === undefined || plane.armed.has(sandbox)) return;
  plane.armed.add(sandbox);
  const parsed = parseSentinels(sandbox.metadata);
  for (const { about, plan } of parsed.ok ? parsed.sentinels : []) {
    if (about === "sandbox") plane.book.add({ ...plan, match: { ...plan.match, sandboxId } }, "sentinel");
  }
}

/** The oldest are forgotten: their records are over, or soon will be. */
function remember(plane: FaultPlane, text: string, entry: Entry): void {
  plane.counted.set(text, entry);
  const [oldest] = plane.counted.keys();
  if (plane.counted.size > faultLimits.records * 2 && oldest !== undefined) plane.counted.delete(oldest);
}

function refuseFull({ request, response }: FaultCall): Met {
  request.resume();
  send(response, problem(409, `${faultLimits.records} faults are planned and not over: clear some first`));
  return "answered";
}

/** The body stays readable for the endpoint. */
async function metadataOf({ request }: FaultCall): Promise<unknown> {
  const bytes = await peekUpTo(request, limits.controlBodyBytes);
  try {
    const body: unknown = JSON.parse(bytes?.toString("utf8") ?? "null");
    return isRecord(body) ? body.metadata : undefined;
  } catch {
    return undefined;
  }
}
