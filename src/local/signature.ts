// Tokens and signatures, the same on the host (to find a sandbox by its signature) and in the agent (to let it in).
import { createHash, timingSafeEqual } from "node:crypto";

export interface SignedRequest {
  readonly path: string;
  readonly operation: "read" | "write";
  /** "" when the request names no user. */
  readonly user: string;
  /** Unix seconds as sent; absent means it never expires. */
  readonly expiration?: string | undefined;
}

/** `v1_` + unpadded base64 of sha256(path:operation:user:token[:expiration]). */
export function signatureOf(request: SignedRequest, token: string): string {
  const parts = [request.path, request.operation, request.user, token];
  if (request.expiration !== undefined) parts.push(request.expiration);
  return `v1_${createHash("sha256").update(parts.join(":")).digest("base64").replace(/=+$/, "")}`;
}

/** Constant time for equal lengths; the length of a key is no secret. */
export function sameSecret(left: string, right: string): boolean {
  const a = createHash("sha256").update(left).digest();
  const b = createHash("sha256").update(right).digest();
  return timingSafeEqual(a, b);
}

export function isExpired(request: SignedRequest, nowSeconds: number): boolean {
  if (request.expiration === undefined) return false;
  const end = Number(request.expiration);
  return !Number.isSafeInteger(end) || end < nowSeconds;
}
