import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPairSync } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { openBackend } from "../../../src/backend/compose.ts";
import { keyidOf } from "../../../harness/evidence/sign.ts";

const example = join(import.meta.dirname, "../../../reports/example");
const scratch = mkdtempSync(join(tmpdir(), "e2b-swarm-verify-"));
const backend = await openBackend({ target: "local", folder: scratch });
afterAll(async () => {
  await backend.close();
  rmSync(scratch, { recursive: true, force: true });
});

test("only signers that the reader trusts are believed", async () => {
  const own = await backend.call("verify", { folder: example, trust: join(example, "evidence/keys.json") });
  expect([own.verified, own.problems]).toEqual([true, []]);
  const stranger = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" });
  const path = join(scratch, "keys.json");
  writeFileSync(path, JSON.stringify({ keys: { [keyidOf(stranger)]: stranger.toString("base64") }, schema: "keys/1" }));
  const other = await backend.call("verify", { folder: example, trust: path });
  expect(other.verified).toBe(false);
  expect(other.problems[0]?.problem).toMatch(/trust/);
});

test("a file that holds no keys is refused by name, and nothing is verified", async () => {
  const path = join(scratch, "none.json");
  for (const text of ["", "[]", '{"keys":{},"schema":"keys/1"}']) {
    writeFileSync(path, text);
    await expect(backend.call("verify", { folder: example, trust: path })).rejects.toMatchObject({
      code: "usage.invalid",
      details: { field: "trust" },
    });
  }
  await expect(backend.call("verify", { folder: example, trust: join(scratch, "nowhere") })).rejects.toMatchObject({
    code: "usage.invalid",
  });
});
