// The faults of a data source. Each names the host; what the source said is quoted short. Keys are gone by then: the client takes
// them out of every refusal before anything is made of it.
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

const longestQuote = 200;

export function unreachable(host: string, reason: string): SwarmError {
  return new SwarmError("feed.unreachable", `Cannot reach ${host}: ${reason}`, {
    hint: "Check the network and the name; nothing is replaced by older or invented data",
    details: { host, reason },
  });
}

export function rateLimited(host: string, waitMs: number | null): SwarmError {
  const seconds = waitMs === null ? null : Math.ceil(waitMs / 1_000);
  return new SwarmError("feed.rate-limited", `${host} asks for fewer requests`, {
    hint: seconds === null ? "Ask again in a minute" : `Ask again in ${seconds} s`,
    details: { host, retryAfterSeconds: seconds },
  });
}

export function refused(host: string, status: number, text: string): SwarmError {
  return new SwarmError("auth.refused", `${host} refused the key or the plan (${status}): ${quote(text)}`, {
    hint: "Check the key of this source and what its plan includes",
    details: { host, status },
  });
}

export function failed(host: string, status: number, text: string): SwarmError {
  return new SwarmError("feed.failed", `${host} answered with status ${status}: ${quote(text)}`, {
    hint: "Ask again later",
    details: { host, status },
  });
}

/** `problem` completes "the answer of … ". */
export function malformed(host: string, problem: string): SwarmError {
  return new SwarmError("feed.malformed", `The answer of ${host} ${problem}`, {
    hint: "The source may have changed; nothing of the answer was used",
    details: { host, problem },
  });
}

/** What a source gave as its reason. */
export function quote(text: string): string {
  const said = messageOf(text).replaceAll(/\s+/g, " ").trim();
  return said === "" ? "no reason was given" : said.slice(0, longestQuote);
}

function messageOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (isRecord(body) && typeof body.message === "string") return body.message;
  } catch {
    // Not JSON: the text itself is the reason.
  }
  return /^\s*</.test(text) ? "" : text;
}
