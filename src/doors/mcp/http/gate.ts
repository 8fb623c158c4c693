// Who may come in, before anything is read or run: this machine's own names against DNS rebinding, no foreign web page, a token
// where tokens are asked for, JSON of a bounded size, one whole JSON-RPC message.
import {
  bearerAuthChallengeResponse,
  hostHeaderValidationResponse,
  isJsonContentType,
  OAuthError,
  OAuthErrorCode,
  originValidationResponse,
  requireBearerAuth,
  type AuthInfo,
} from "@modelcontextprotocol/server";
import { findOperation } from "../../../backend/operations/table.ts";
import { isRecord } from "../../../contracts/json.ts";
import { judgeLine } from "../line-filter.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { refuse } from "./refusals.ts";

export const endpointPath = "/mcp";

export interface GateOptions {
  /** Names by which this server may be addressed, IPv6 in brackets, without port. */
  readonly hostnames: readonly string[];
  /** Null: no token is asked for. */
  readonly tokens: AccessTokens | null;
}

/** A request that may go on. */
export interface Admitted {
  /** Of a POST. */
  readonly message: Readonly<Record<string, unknown>> | null;
  readonly authInfo: AuthInfo | null;
}

export interface Gate {
  /** Looks at the head alone; a Response refuses, else what the token says. */
  head(request: Request): Promise<Response | { readonly authInfo: AuthInfo | null }>;
  /** Looks at the body of a POST. */
  body(text: string, authInfo: AuthInfo | null): Response | Admitted;
}

export function openGate({ hostnames, tokens }: GateOptions): Gate {
  const requireToken = tokens === null ? null : requireBearerAuth({ verifier: tokens, requiredScopes: ["read"] });
  return {
    async head(request) {
      const foreign = refuseForeign(request, hostnames);
      if (foreign !== undefined) return foreign;
      if (new URL(request.url).pathname !== endpointPath) {
        return refuse(404, -32_000, `Nothing is served here, the MCP endpoint is ${endpointPath}`);
      }
      const authInfo = requireToken === null ? null : await requireToken(request);
      if (authInfo instanceof Response) return authInfo;
      if (request.method === "POST" && !isJsonContentType(request.headers.get("content-type"))) {
        return refuse(415, -32_000, "Unsupported Media Type: the body must be application/json");
      }
      return { authInfo };
    },
    body(text, authInfo) {
      const verdict = judgeLine(text);
      if (verdict.kind === "answer") return new Response(verdict.reply, { status: 400, headers: json });
      if (verdict.kind === "ignore") return refuse(400, -32_700, "Parse error: the body is empty");
      const { message } = verdict;
      if (authInfo !== null && isOperation(message) && !authInfo.scopes.includes("operate")) return needsOperate();
      return { message, authInfo };
    },
  };
}

/** Refuses whoever came by a name that is not ours (DNS rebinding), and pages from elsewhere. */
export function refuseForeign(request: Request, hostnames: readonly string[]): Response | undefined {
  const names = [...hostnames];
  return hostHeaderValidationResponse(request, names) ?? originValidationResponse(request, names);
}

const json = { "content-type": "application/json" };

/** True for calls of tools that do more than look. */
function isOperation({ method, params }: Readonly<Record<string, unknown>>): boolean {
  if (method !== "tools/call" || !isRecord(params) || typeof params.name !== "string") return false;
  const row = findOperation(params.name);
  return row !== null && row.effect !== "read";
}

function needsOperate(): Response {
  const why = "This tool changes something, and the token only allows to look";
  return bearerAuthChallengeResponse(new OAuthError(OAuthErrorCode.InsufficientScope, why), {
    requiredScopes: ["operate"],
  });
}
