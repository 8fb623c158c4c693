import { expect, it } from "vitest";
import { faults, type FaultCode } from "../../../src/contracts/faults.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { retryDelayMs } from "../../../src/sandboxes/traffic/retry-policy.ts";

const random = seededRandom(7);
const isSentAgain = (code: FaultCode, repeatable: boolean, sent = 1): boolean =>
  retryDelayMs(new SwarmError(code, "no"), { sent, retries: 2, repeatable }, random) !== null;
const sandboxCodes = Object.keys(faults).filter((code): code is FaultCode => /^(sandbox|target|auth)\./.test(code));

it("sends an effect again only when it certainly did not happen", () => {
  expect(sandboxCodes.filter((code) => isSentAgain(code, false))).toEqual([
    "sandbox.rate-limited",
    "sandbox.create-failed",
  ]);
  for (const code of sandboxCodes)
    if (!faults[code].definite) expect([code, isSentAgain(code, false)]).toEqual([code, false]);
});

it("asks a question again when its answer was lost, too", () => {
  expect(sandboxCodes.filter((code) => isSentAgain(code, true))).toEqual([
    "sandbox.rate-limited",
    "sandbox.create-failed",
    "target.unreachable",
    "target.failed",
  ]);
});

it("ends after its retries, and waits a random share of a growing time", () => {
  expect([1, 2, 3].map((sent) => isSentAgain("target.failed", true, sent))).toEqual([true, true, false]);
  const delays = (sent: number): number[] =>
    Array.from(
      { length: 200 },
      () => retryDelayMs(new SwarmError("target.failed", "no"), { sent, retries: 99, repeatable: true }, random) ?? -1,
    );
  expect(Math.max(...delays(1))).toBeLessThanOrEqual(200);
  expect(Math.min(...delays(1))).toBeGreaterThan(0);
  expect(Math.max(...delays(3))).toBeGreaterThan(600);
  expect(Math.max(...delays(60))).toBeLessThanOrEqual(2_000);
});
