// The longest life a profile allows, checked where a caller asks for one.
import { isRecord } from "../../contracts/json.ts";
import { problem, type Answer } from "../answer.ts";
import { limits } from "../limits.ts";
import { peekUpTo } from "../read-body.ts";
import type { IncomingCall } from "./fault-call.ts";

const asksForLife = /^(?:\/v2)?\/sandboxes(?:\/[^/]+\/(?:timeout|connect|resume|fork))?$/;

/** Null when the call asks for no life, or for one that is allowed. The body stays readable. */
export async function tooLong({ request, url }: IncomingCall, maxSeconds: number): Promise<Answer | null> {
  if (request.method !== "POST" || !asksForLife.test(url.pathname)) return null;
  const bytes = await peekUpTo(request, limits.controlBodyBytes);
  const seconds = timeoutIn(bytes?.toString("utf8") ?? "");
  if (seconds === null || seconds <= maxSeconds) return null;
  return problem(400, `Timeout cannot be greater than ${maxSeconds / 3_600} hours`);
}

function timeoutIn(text: string): number | null {
  try {
    const body: unknown = JSON.parse(text);
    return isRecord(body) && typeof body.timeout === "number" ? body.timeout : null;
  } catch {
    return null;
  }
}
