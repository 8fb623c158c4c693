// Access tokens: a file of digests (never of tokens), or one token from the environment. `operate` includes `read`.
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { OAuthError, OAuthErrorCode, type AuthInfo, type OAuthTokenVerifier } from "@modelcontextprotocol/server";
import { isRecord } from "../../../contracts/json.ts";
import { SwarmError } from "../../../contracts/swarm-error.ts";
import type { Clock } from "../../../host/clock.ts";

export type AccessTokens = OAuthTokenVerifier;
type Scope = "read" | "operate";

interface Row {
  readonly name: string;
  readonly sha256: Buffer;
  readonly scopes: readonly Scope[];
  /** Null: as long as this process lives. */
  readonly expiresAtMs: number | null;
}

export interface TokenSources {
  /** `{ "tokens": [{ "name", "sha256", "scopes": ["read" | "operate"], "expires_at" }] }`. */
  readonly file?: string | undefined;
  /** A token of at least 32 characters that may do everything: E2B_SWARM_MCP_TOKEN. */
  readonly token?: string | undefined;
}

const shortestToken = 32;
const mostTokens = 1_000;
/** The SDK refuses a token without an end; one from the environment ends with the process, so it is always this far off. */
const rollingMs = 3_600_000;

/** Null when neither source is given. Throws `usage.invalid` for a file or token that cannot be meant. */
export function openAccessTokens({ file, token }: TokenSources, clock: Clock): AccessTokens | null {
  const rows: Row[] = file === undefined ? [] : readTokenFile(file);
  if (token !== undefined && token !== "") rows.push(fromEnvironment(token));
  if (rows.length === 0) return null;
  return {
    async verifyAccessToken(given): Promise<AuthInfo> {
      const digest = createHash("sha256").update(given).digest();
      const row = rows.find(({ sha256 }) => timingSafeEqual(sha256, digest));
      if (row === undefined) throw new OAuthError(OAuthErrorCode.InvalidToken, "The token is not known here");
      const endMs = row.expiresAtMs ?? clock.nowMs() + rollingMs;
      // The token itself goes no further than this door.
      return { token: "", clientId: row.name, scopes: [...row.scopes], expiresAt: Math.floor(endMs / 1000) };
    },
  };
}

function fromEnvironment(token: string): Row {
  if (token.length >= shortestToken) {
    const sha256 = createHash("sha256").update(token).digest();
    return { name: "environment", sha256, scopes: ["read", "operate"], expiresAtMs: null };
  }
  const sentence = `Cannot use E2B_SWARM_MCP_TOKEN: it has ${token.length} characters but needs ${shortestToken}`;
  throw new SwarmError("usage.invalid", sentence, { hint: "Make one with: openssl rand -hex 32" });
}

function readTokenFile(path: string): Row[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw refused(path, "it cannot be read as JSON", cause);
  }
  const list = isRecord(value) ? value.tokens : undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > mostTokens) {
    throw refused(path, `"tokens" must be a list of 1 to ${mostTokens}`);
  }
  return list.map((row, at) => readRow(path, row, at));
}

function readRow(path: string, row: unknown, at: number): Row {
  const where = `token ${at + 1}`;
  if (!isRecord(row)) throw refused(path, `${where} is no object`);
  const { name, sha256, scopes, expires_at: end } = row;
  if (typeof name !== "string" || name === "") throw refused(path, `${where} has no name`);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) throw refused(path, `${where} has no sha256`);
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every((scope) => isScope(scope))) {
    throw refused(path, `${where} has scopes other than read and operate`);
  }
  const expiresAtMs = typeof end === "string" ? Date.parse(end) : Number.NaN;
  if (Number.isNaN(expiresAtMs)) throw refused(path, `${where} has no expires_at with a date and time`);
  const all: readonly Scope[] = scopes.includes("operate") ? ["read", "operate"] : ["read"];
  return { name, sha256: Buffer.from(sha256, "hex"), scopes: all, expiresAtMs };
}

function isScope(value: unknown): value is Scope {
  return value === "read" || value === "operate";
}

function refused(path: string, why: string, cause?: unknown): SwarmError {
  return new SwarmError("usage.invalid", `Cannot use the tokens in ${path}: ${why}`, {
    hint: 'Write {"tokens":[{"name":"desk","sha256":"<sha256 of the token>","scopes":["operate"],"expires_at":"2027-01-01T00:00:00Z"}]}',
    details: { field: "tokens" },
    cause,
  });
}
