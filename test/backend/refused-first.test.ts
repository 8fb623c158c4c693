// What cannot be carried out is refused before a target is even looked for: nothing is started, nothing is paid.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { handle as backtest } from "../../src/backend/operations/backtest.ts";
import { handle as execute } from "../../src/backend/operations/execute-swarm.ts";
import { openParts, type Parts } from "../../src/backend/parts.ts";
import { readSettings } from "../../src/backend/settings.ts";
import { realClock as clock } from "../../src/host/clock.ts";
import { silentLog as log } from "../../src/host/log.ts";
import { systemRandom as random } from "../../src/host/random.ts";

const context = { signal: new AbortController().signal, progress: () => undefined };

function stage(): { readonly parts: Parts; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "swarm-first-"));
  const settings = readSettings({ folder, target: "local" }, {}, folder);
  const findTarget = (): never => {
    throw new Error("a target was looked for");
  };
  const parts = openParts({ settings, clock, random, log, env: {}, findTarget });
  onTestFinished(async () => {
    await parts.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { parts, folder };
}

test("what does get through looks for a target", async () => {
  const { parts } = stage();
  await expect(execute(parts, { symbols: ["AAPL"] }, context)).rejects.toThrow("a target was looked for");
  const asked = { strategy: "momentum", symbols: ["AAPL"], start: "2016-01-04", end: "2016-12-30", agents: 1 };
  await expect(backtest(parts, asked, context)).rejects.toThrow("a target was looked for");
});

test("sizes by risk without enough days before the decision", async () => {
  const { parts } = stage();
  const early = { symbols: ["AAPL"], asOf: "2013-07-10" };
  for (const sizing of ["kelly", "equal-risk", "volatility-target"]) {
    await expect(execute(parts, { ...early, sizing }, context)).rejects.toMatchObject({ code: "market.range" });
  }
  // A fixed fraction asks nothing of the returns.
  const fixed = { ...early, sizing: "fixed-fraction" };
  await expect(execute(parts, fixed, context)).rejects.toThrow("a target was looked for");
});

test("a broker without its keys", async () => {
  const { parts } = stage();
  await expect(execute(parts, { symbols: ["AAPL"], broker: "alpaca" }, context)).rejects.toMatchObject({
    code: "auth.missing",
  });
});

test("a series longer than an agent keeps", async () => {
  const { parts, folder } = stage();
  const file = join(folder, "long.csv");
  const dayMs = 86_400_000;
  const from = Date.parse("1700-01-01T00:00:00Z");
  const rows = Array.from({ length: 100_001 }, (_, day) => {
    return `${new Date(from + day * dayMs).toISOString().slice(0, 10)},1,1,1,1,1`;
  });
  writeFileSync(file, `date,open,high,low,close,volume\n${rows.join("\n")}\n`);
  const asked = { strategy: "buy-hold", dataFile: file, start: "1700-01-01", clip: true, agents: 2 };
  await expect(backtest(parts, asked, context)).rejects.toMatchObject({
    code: "usage.invalid",
    message: "[usage.invalid] Cannot show 100001 bars to agents: they are shown at most 100000 of a series",
  });
});
