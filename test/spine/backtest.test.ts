// The backtest at the built command: own files, invented prices, the page, and what is refused.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { makePlace } from "./machine.ts";

describe("backtest", () => {
  const place = makePlace();
  afterAll(() => place.remove());
  const run = async (words: string) => {
    const ended = await place.cli(["backtest", ...words.split(" "), "--json"]);
    return { code: ended.code, ...JSON.parse(ended.stdout) };
  };

  test("the page holds the run; own files and invented prices say what they are", async () => {
    const page = join(place.folder, "page.html");
    const real = await run(`-s momentum --symbols AAPL --start 2014-01-01 --end 2018-01-01 --page ${page}`);
    expect([real.code, real.data.page, real.data.results[0].trades.length]).toEqual([0, page, 5]);
    expect(real.data.results[0].series).toBeUndefined();
    expect(readFileSync(page, "utf8")).toContain("Equity of momentum-12-1 on AAPL");
    const file = join(place.folder, "own.csv");
    const rows = Array.from(
      { length: 60 },
      (_, day) => `${new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)},${100 + (day % 7)}`,
    );
    writeFileSync(file, `date,close\n${rows.join("\n")}\n`);
    const own = await run(`-s sma-cross --param fast=2 --param slow=5 --start 2020-01-01 --data-file ${file}`);
    expect([own.code, own.data.results[0].symbol, own.data.results[0].close_only]).toEqual([0, "own", true]);
    const invented = await run("-s sma-cross --synthetic 7 --world jumps --start 2014-01-01 --end 2015-12-31");
    expect([invented.data.results[0].synthetic, invented.data.results[0].symbol]).toEqual([true, "SYNTHETIC-X"]);
    const text = await place.cli(["backtest", "-s", "buy-hold", "--synthetic", "7", "--start", "2014-01-01"]);
    expect(text.stdout.startsWith("SYNTHETIC  SYNTHETIC: e2b-swarm worlds 1, world driftless, seed 7")).toBe(true);
    writeFileSync(file, "date,close\n2020-01-02,1\n2020-01-01,1\n");
    const wrong = await run(`-s sma-cross --start 2020-01-01 --data-file ${file}`);
    expect([wrong.code, wrong.error.code]).toEqual([1, "market.data"]);
    expect(wrong.error.message).toContain("own.csv line 3 column 1");
  });

  test("pairs in one account are the reference run", async () => {
    const { data } = await run(
      "-s pairs-z --symbols AAPL,^GSPC --start 2013-05-13 --end 2018-05-11 --cash 100000 --cost-bps 20",
    );
    expect(data.results[0].metrics.finalEquity).toBeCloseTo(94902.052588, 6);
  });

  test("agents in sandboxes give the same bytes, and the output says who took part and what it cost", async (context) => {
    const folders = (process.env.PATH ?? "").split(delimiter);
    if (!folders.some((folder) => existsSync(join(folder, "bwrap")))) context.skip("bubblewrap is not installed");
    const words = "-s momentum --symbols AAPL --start 2014-01-01 --end 2018-01-01";
    const plain = await run(words);
    for (const count of [1, 3, 5]) {
      const split = await run(`${words} --agents ${count}`);
      expect([split.code, JSON.stringify(split.data.results[0].metrics)]).toEqual([
        0,
        JSON.stringify(plain.data.results[0].metrics),
      ]);
      expect([split.data.agents.count, split.data.agents.sandboxes, split.data.agents.dropped]).toEqual([
        count,
        count,
        0,
      ]);
    }
    const text = await place.cli(["backtest", ...words.split(" "), "--agents", "2"]);
    expect(text.stdout).toMatch(
      /decided by 2 agents in 2 sandboxes, 0 of them dropped; [\d.]+ sandbox seconds in [\d.]+/,
    );
    expect(JSON.parse((await place.cli(["list", "--json"])).stdout).data.sandboxes).toEqual([]);
  }, 120_000);

  test.each([
    ["-s sma-cross --start 2014-01-01 --agents 3 --luck", 2, "luck is not known to agents"],
    ["-s sma-cross --start 2014-01-01 --agents 0", 2, "agents"],
    ["-s sma-cross --start 2014-01-01 --slippage-bps 5", 2, "needs the product mode"],
    ["-s sma-cross --start 2014-01-01 --world jumps", 2, "a world needs a seed"],
    ["-s sma-cross --start 2014-01-01 --synthetic 1 --data-file a.csv", 2, "prices come from one place"],
    ["-s pairs-z --start 2014-01-01 --symbols AAPL,^GSPC --luck", 2, "luck is not known to pairs-z"],
    ["-s pairs-z --start 2014-01-01 --symbols AAPL", 2, "it takes 2"],
    ["-s sma-cross --start 2014-01-01 --data-file nowhere.csv", 1, "Cannot read the price file"],
    ["-s sma-cross --start 2014-01-01 --walk-forward 5000:10", 2, "Cannot walk forward"],
  ])("%s: exit code %d", async (words, code, problem) => {
    const ended = await run(words);
    expect(ended.code).toBe(code);
    expect(ended.error.message).toContain(problem);
  });
});
