import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../../src/backend/compose.ts";
import { openSource } from "../../feeds/source.ts";
import { scoreboard } from "../../feeds/sports/answers.ts";

async function stage() {
  const source = await openSource();
  const folder = mkdtempSync(join(tmpdir(), "fantasy-"));
  const env = { ESPN_API_URL: source.url, THE_ODDS_API_URL: source.url };
  const backend = await openBackend({ folder, target: "local" }, env);
  onTestFinished(async () => {
    await backend.close();
    rmSync(folder, { recursive: true });
  });
  return { source, backend };
}

test("the operation asks the addresses of its environment and starts no target", async () => {
  const { source, backend } = await stage();
  source.on("/sports/football/nfl/scoreboard", { body: scoreboard });
  const told: string[] = [];
  const context = { progress: (sentence: string) => void told.push(sentence) };
  const output = await backend.call("getFantasyData", { sport: "nfl", sources: ["espn"] }, context);
  expect(output.games).toMatchObject({ status: "ok", source: "ESPN", unofficial: true });
  expect([Object.keys(output), told]).toEqual([["sport", "askedAt", "games"], ["asking for the nfl"]]);
  await expect(backend.call("getFantasyData", { sport: "curling" })).rejects.toMatchObject({ code: "usage.invalid" });
});

test("a caller that hangs up gets no half answer", async () => {
  const { source, backend } = await stage();
  source.on("/sports/football/nfl/scoreboard", "hang");
  const stop = new AbortController();
  const asking = backend.call("getFantasyData", { sport: "nfl", sources: ["espn"] }, { signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(asking).rejects.toMatchObject({ code: "cancelled" });
});
