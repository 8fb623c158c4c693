// The whole swarm on a local server: joint sizes, limits that explain themselves, orders at a paper broker. Needs bubblewrap;
// without it every test says so and is skipped.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { OpenedBackend } from "../../../src/backend/backend.ts";
import { openBackend } from "../../../src/backend/compose.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";

const folders = (process.env.PATH ?? "").split(delimiter);
const missing = folders.some((folder) => existsSync(join(folder, "bwrap"))) ? null : "bubblewrap is not installed";
const folder = mkdtempSync(join(tmpdir(), "swarm-execute-"));
let local: LocalTarget | undefined;
let backend: OpenedBackend | undefined;

beforeAll(async () => {
  if (missing !== null) return;
  local = await localTarget();
  backend = await openBackend({ folder, target: "local" }, local.env);
}, 60_000);
afterAll(async () => {
  await backend?.close();
  await local?.close();
  rmSync(folder, { recursive: true, force: true });
});

const asked = { symbols: ["AAPL"], asOf: "2015-05-01", consensus: "threshold", threshold: "51/100" };
const execute = async (more: object) => {
  if (backend === undefined) throw new Error("the server is up");
  return backend.call("executeSwarmStrategy", { ...asked, ...more });
};

it("plain, sized together, limited, and sent to a paper broker", async (test) => {
  if (missing !== null) test.skip(missing);
  const plain = await execute({});
  expect(plain.broker).toBeUndefined();
  expect(plain.decisions[0]).toMatchObject({
    orders: [{ symbol: "AAPL", side: "buy" }],
    clamps: [{ limit: "kelly", reason: "25 % of the full Kelly stake is taken" }],
  });
  const choice = { sizing: "equal-risk", sizingFraction: 0.4, limits: { perSymbolPct: 30 }, broker: "loopback" };
  const sized = await execute({ ...choice, orderRun: "monday" });
  expect(sized.decisions[0]?.clamps).toEqual([
    {
      limit: "per-symbol",
      beforePpm: 400_000,
      afterPpm: 300_000,
      limitPpm: 300_000,
      reason: "one symbol has at most 30 % of equity",
    },
  ]);
  const quantity = sized.decisions[0]?.fill?.quantity ?? 0;
  expect(quantity).toBeGreaterThan(plain.decisions[0]?.fill?.quantity ?? Infinity);
  expect(sized.broker).toMatchObject({
    account: "loopback-monday",
    orders: [{ symbol: "AAPL", side: "buy", quantity, state: "accepted", reasons: [] }],
    executions: 3,
    differences: [],
  });
  // The record outlives the call: the same run asks for the same order again.
  expect((await execute({ ...choice, orderRun: "monday" })).broker).toEqual(sized.broker);
}, 120_000);
