// Who may ask what: our own names and pages only, a token where tokens are asked for (as a bearer, or as the cookie it was exchanged
// for), a scope for what changes something, so many requests a minute from each client.
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { AccessTokens } from "../mcp/http/access-tokens.ts";
import { refuseForeign } from "../mcp/http/gate.ts";
import { openLimit } from "./limit.ts";

export type Scope = "read" | "operate";

export interface Admission {
  /** Name of the token; `local` where none is asked for, `nobody` on what is open to all. */
  readonly who: string;
  readonly scopes: readonly string[];
}

export interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly why: string;
  readonly who: string;
  /** True for those of a row of refusals that need not be written down. */
  readonly repeated?: boolean;
}

export interface Access {
  readonly asksForTokens: boolean;
  /** `needs` null is open to all of our own names. */
  admit(request: Request, address: string, needs: Scope | null): Promise<Admission | Refusal>;
  /** The Set-Cookie a token is exchanged for; null when it is not known. */
  enter(request: Request, address: string, token: string): Promise<string | Refusal>;
  /** The Set-Cookie that ends the session. */
  leave(request: Request): string;
}

export interface AccessOptions {
  readonly hostnames: readonly string[];
  /** Null: none is asked for. */
  readonly tokens: AccessTokens | null;
  readonly clock: Clock;
  readonly random: Random;
  /** Requests a client may make a minute. */
  readonly perMinute: number;
}

interface Known extends Admission {
  readonly endMs: number;
}

const mostSessions = 1_000;
const sessionMs = 12 * 3_600_000;
/** Unknown tokens from one address a minute. */
const failuresPerMinute = 5;

export function openAccess(options: AccessOptions): Access {
  const { tokens, clock, random, hostnames } = options;
  const sessions = new Map<string, Known>();
  const requests = openLimit(clock, options.perMinute);
  const failures = openLimit(clock, failuresPerMinute);
  const failed = (address: string, why: string): Refusal => {
    const verdict = failures.take(address);
    if (verdict === "ok") return { status: 401, why, who: address };
    return { status: 429, why: "Too many unknown tokens", who: address, repeated: verdict === "again" };
  };
  const session = (request: Request): Known | null => {
    const found = sessions.get(cookieOf(request) ?? "");
    return found !== undefined && found.endMs > clock.nowMs() ? found : null;
  };
  const known = async (request: Request): Promise<Known | "none" | "wrong"> => {
    if (tokens === null) return { who: "local", scopes: ["read", "operate"], endMs: Number.POSITIVE_INFINITY };
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (bearer !== undefined) return (await verified(tokens, bearer, clock)) ?? "wrong";
    return session(request) ?? (cookieOf(request) === null ? "none" : "wrong");
  };
  const judge: Access["admit"] = async (request, address, needs) => {
    const stranger = foreign(request, hostnames, address);
    if (stranger !== null) return stranger;
    const found = needs === null ? nobody : await known(request);
    if (found === "wrong") return failed(address, "The token is not known here, or has ended");
    if (found === "none") return { status: 401, why: "A token is needed", who: address };
    const verdict = requests.take(found.who === "nobody" || found.who === "local" ? address : found.who);
    if (verdict !== "ok")
      return { status: 429, why: "Too many requests", who: found.who, repeated: verdict === "again" };
    if (needs !== null && !found.scopes.includes(needs)) {
      return { status: 403, why: "The token only allows to look", who: found.who };
    }
    return found;
  };
  return {
    asksForTokens: tokens !== null,
    async admit(request, address, needs) {
      const judged = await judge(request, address, needs);
      if (!("why" in judged) || judged.status === 429) return judged;
      const verdict = requests.take(address);
      return verdict === "ok"
        ? judged
        : { status: 429, why: "Too many requests", who: address, repeated: verdict === "again" };
    },
    async enter(request, address, token) {
      const found = tokens === null ? null : await verified(tokens, token, clock);
      if (found === null) return failed(address, "The token is not known here, or has ended");
      for (const [id, { endMs }] of sessions) if (endMs <= clock.nowMs()) sessions.delete(id);
      const [oldest] = sessions.keys();
      if (sessions.size >= mostSessions && oldest !== undefined) sessions.delete(oldest);
      const id = random.bytes(32).toString("hex");
      sessions.set(id, { ...found, endMs: Math.min(found.endMs, clock.nowMs() + sessionMs) });
      return setCookie(request, id, sessionMs / 1_000);
    },
    leave(request) {
      sessions.delete(cookieOf(request) ?? "");
      return setCookie(request, "", 0);
    },
  };
}

const nobody: Known = { who: "nobody", scopes: [], endMs: Number.POSITIVE_INFINITY };

async function verified(tokens: AccessTokens, token: string, clock: Clock): Promise<Known | null> {
  try {
    const { clientId, scopes, expiresAt = 0 } = await tokens.verifyAccessToken(token);
    const endMs = expiresAt * 1_000;
    return endMs > clock.nowMs() ? { who: clientId, scopes, endMs } : null;
  } catch {
    return null;
  }
}

/** Names decide about other machines and pages of them; the port decides about other pages of this machine. */
function foreign(request: Request, hostnames: readonly string[], who: string): Refusal | null {
  if (refuseForeign(request, hostnames) !== undefined) {
    return { status: 403, why: "The request came by a name, or from a page, that is not this server's", who };
  }
  const origin = request.headers.get("origin");
  const isOther = origin !== null && URL.canParse(origin) && new URL(origin).host !== request.headers.get("host");
  const site = request.headers.get("sec-fetch-site");
  const isFetchedElsewhere =
    (site === "cross-site" || site === "same-site") && request.headers.get("sec-fetch-mode") !== "navigate";
  if (!isOther && !isFetchedElsewhere) return null;
  return { status: 403, why: "The request came from a page that is not this server's", who };
}

/** Cookies know no ports: without one in the name two servers of a machine would end each other's sessions. */
function cookieName(request: Request): string {
  return `e2b_swarm_${/:(\d+)$/.exec(request.headers.get("host") ?? "")?.[1] ?? "80"}`;
}

function cookieOf(request: Request): string | null {
  const name = cookieName(request);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const [key = "", value = ""] = pair.trim().split("=");
    if (key === name && value !== "") return value;
  }
  return null;
}

function setCookie(request: Request, value: string, seconds: number): string {
  return `${cookieName(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict`;
}
