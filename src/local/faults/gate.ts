// The one place where the router asks before it serves: own routes of this product, limits of a profile, then faults.
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import { problem, send, type Answer } from "../answer.ts";
import type { IsolationLabel } from "../isolation/backend.ts";
import type { SandboxTable } from "../sandbox-table.ts";
import { sameSecret } from "../signature.ts";
import { answerAdmin } from "./admin.ts";
import { createBook } from "./book.ts";
import { createRate, type CreateRate } from "./create-rate.ts";
import { describeCall, type IncomingCall } from "./fault-call.ts";
import { faultsPath, ownPrefix } from "./fault-limits.ts";
import { tooLong } from "./life-limit.ts";
import { createOpenCalls } from "./open-calls.ts";
import type { Met } from "./perform.ts";
import { meetFaults, type FaultPlane } from "./plane.ts";
import type { Profile } from "./profile.ts";

export interface FaultGate {
  /** `answered`: nothing is left to do for the caller. */
  meet(call: IncomingCall): Met | Promise<Met>;
  /** What the admin route wants to see; null while the plane is off. */
  readonly token: string | null;
  /** Undoes what faults still do to sandboxes. */
  close(): void;
}

export interface GateOptions {
  readonly on: boolean;
  readonly apiKey: string;
  /** Null: no limits but the server's own. */
  readonly profile: Profile | null;
  readonly table: SandboxTable;
  readonly label: IsolationLabel;
  readonly clock: Clock;
  readonly random: Random;
}

export function openFaultGate(options: GateOptions): FaultGate {
  const { table, label, clock, apiKey } = options;
  // The shape of a key, so that logs scrub it.
  const token = options.on ? `e2b_admin${options.random.bytes(20).toString("hex")}` : null;
  const context = { table, label, clock, open: createOpenCalls() };
  const { profile } = options;
  const limit = profile && {
    maxLifeSeconds: profile.maxLifeSeconds,
    rate: createRate(profile.createsPerSecond, clock),
  };
  const plane: FaultPlane = { book: createBook(clock), context, counted: new Map(), armed: new WeakSet() };
  return {
    token,
    meet(call) {
      if (call.destination === null && call.url.pathname.startsWith(ownPrefix)) return ownRoute(plane, token, call);
      if ((token === null && limit === null) || !isAuthorized(call, apiKey)) return "onward";
      return limit === null ? meetFaults(plane, call) : meetLimits(limit, call, token === null ? null : plane);
    },
    close() {
      for (const entry of plane.book.all()) plane.book.end(entry);
    },
  };
}

interface Limit {
  readonly maxLifeSeconds: number;
  readonly rate: CreateRate;
}

/** A plan's limits come first, as they do in the cloud. */
async function meetLimits(limit: Limit, call: IncomingCall, plane: FaultPlane | null): Promise<Met> {
  if (call.destination === null) {
    const refusal = describeCall(call).operation === "create" ? limit.rate() : null;
    if (refusal !== null) return refuse(call, refusal);
    const long = await tooLong(call, limit.maxLifeSeconds);
    if (long !== null) return refuse(call, long);
  }
  return plane === null ? "onward" : meetFaults(plane, call);
}

async function ownRoute(plane: FaultPlane, token: string | null, call: IncomingCall): Promise<Met> {
  const { pathname } = call.url;
  if (token !== null && (pathname === faultsPath || pathname.startsWith(`${faultsPath}/`))) {
    send(call.response, await answerAdmin(plane, token, call));
  } else {
    return refuse(call, problem(404, `no route ${call.request.method ?? ""} ${pathname}`));
  }
  return "answered";
}

/** What is still to be read of the request would wedge the connection. */
function refuse({ request, response }: IncomingCall, answer: Answer): Met {
  request.resume();
  send(response, answer);
  return "answered";
}

/** Sandboxes check their own tokens; a sandbox's name alone lets nobody do anything. */
function isAuthorized({ request, url, destination }: IncomingCall, apiKey: string): boolean {
  if (destination !== null || url.pathname === "/files") return true;
  const key = request.headers["x-api-key"];
  return typeof key === "string" && sameSecret(key, apiKey);
}
