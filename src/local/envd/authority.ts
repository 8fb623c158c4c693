// Who may call: a token opens everything, a signature opens /files, /health is open to all.
import type { IncomingMessage } from "node:http";
import { isExpired, sameSecret, signatureOf } from "../signature.ts";
import type { Agent } from "./agent.ts";

/** Null when the request may pass, else the sentence of the 401. */
export function refusal(agent: Agent, request: IncomingMessage, url: URL): string | null {
  const token = agent.tenant.accessToken;
  if (token === null || url.pathname === "/health") return null;
  const sent = request.headers["x-access-token"];
  const isFiles = url.pathname === "/files";
  if (typeof sent === "string" && sameSecret(sent, token)) return null;
  if (!isFiles) return "unauthorized access, please provide a valid access token or method signing if supported";
  if (typeof sent === "string" && sent !== "") return "access token present in header but does not match";
  return signatureRefusal(agent, request, url, token);
}

function signatureRefusal(agent: Agent, request: IncomingMessage, url: URL, token: string): string | null {
  const signature = url.searchParams.get("signature");
  if (signature === null) return "missing signature query parameter";
  const signed = {
    path: url.searchParams.get("path") ?? "",
    operation: request.method === "POST" ? "write" : "read",
    user: url.searchParams.get("username") ?? "",
    expiration: url.searchParams.get("signature_expiration") ?? undefined,
  } as const;
  if (!sameSecret(signature, signatureOf(signed, token))) return "invalid signature";
  return isExpired(signed, agent.clock.nowMs() / 1000) ? "signature is already expired" : null;
}
