import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openAccessTokens } from "../../../../src/doors/mcp/http/access-tokens.ts";
import { simulatedClock } from "../../../../src/host/clock.ts";

const folder = mkdtempSync(join(tmpdir(), "e2b-swarm-tokens-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "tokens.json");
const clock = simulatedClock();
const sha256 = createHash("sha256").update("secret").digest("hex");
const row = { name: "desk", sha256, scopes: ["operate"], expires_at: "2027-01-01T00:00:00Z" };

test("a token of the file and one of the environment, side by side; the token itself goes no further", async () => {
  writeFileSync(
    file,
    JSON.stringify({ tokens: [row, { ...row, name: "looks", sha256: "0".repeat(64), scopes: ["read"] }] }),
  );
  const token = "t".repeat(32);
  const tokens = openAccessTokens({ file, token }, clock);
  expect(await tokens?.verifyAccessToken("secret")).toEqual({
    token: "",
    clientId: "desk",
    scopes: ["read", "operate"],
    expiresAt: Date.parse(row.expires_at) / 1000,
  });
  expect(await tokens?.verifyAccessToken(token)).toMatchObject({
    clientId: "environment",
    scopes: ["read", "operate"],
  });
  await expect(tokens?.verifyAccessToken("Secret")).rejects.toThrow("not known");
});

test("neither source is no guard at all, which is for the caller to judge", () => {
  expect(openAccessTokens({}, clock)).toBeNull();
  expect(openAccessTokens({ token: "" }, clock)).toBeNull();
});

const wrong: readonly (readonly [string, unknown])[] = [
  ["no list", {}],
  ["an empty list", { tokens: [] }],
  ["a token in clear", { tokens: [{ ...row, sha256: "secret" }] }],
  ["an unknown scope", { tokens: [{ ...row, scopes: ["admin"] }] }],
  ["no scope", { tokens: [{ ...row, scopes: [] }] }],
  ["no end", { tokens: [{ ...row, expires_at: undefined }] }],
  ["no name", { tokens: [{ ...row, name: "" }] }],
];
test.each(wrong)("a file with %s is refused", (_what, value) => {
  writeFileSync(file, JSON.stringify(value));
  expect(() => openAccessTokens({ file }, clock)).toThrow("[usage.invalid]");
});

test("no file, and a short token, are refused without repeating it", () => {
  expect(() => openAccessTokens({ file: join(folder, "none") }, clock)).toThrow("[usage.invalid]");
  expect(() => openAccessTokens({ token: "short-one" }, clock)).toThrow(/^(?!.*short-one).*\[usage.invalid\]/);
});
