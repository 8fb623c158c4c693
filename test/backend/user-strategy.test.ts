import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mergeParts } from "../../src/backtest/split/merge-parts.ts";
import { splitBars } from "../../src/backtest/split/split-bars.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import { defaultConfig } from "../../src/backtest/engine-config.ts";
import { openBackend } from "../../src/backend/compose.ts";
import { loadStrategy } from "../../src/backend/load-strategy.ts";
import { askPart } from "../../src/backend/split-backtest/ask-part.ts";
import { crewOf } from "../../src/backend/split-backtest/crew.ts";
import { shareParts } from "../../src/backend/split-backtest/share-parts.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { workerOf } from "./split-backtest/workers.ts";

const example = join(import.meta.dirname, "../../examples/strategies/breakout.ts");
const asked = { symbols: ["AAPL"], start: "2014-01-02", end: "2017-12-29" };

async function stage(files: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "strategies-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const backend = await openBackend({ folder, target: "local" }, {});
  onTestFinished(async () => {
    await backend.close();
    rmSync(folder, { recursive: true });
  });
  return { folder, run: (strategy: string, more = {}) => backend.call("backtest", { ...asked, strategy, ...more }) };
}

test("the example runs, passes every check, and takes its parameters", async () => {
  const { run } = await stage();
  const [result] = (await run(example, { params: { bars: 50 }, grid: { bars: [20, 50] } })).results;
  expect(result?.strategy).toBe("breakout");
  expect(result?.trades.length).toBeGreaterThan(3);
  expect(result?.lookAheadCheck).toBe("passed");
  expect(result?.certificate.checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
  expect(result?.grid?.map(({ params }) => params)).toEqual([{ bars: 20 }, { bars: 50 }]);
  await expect(run(example, { params: { bars: 1 } })).rejects.toThrow(
    "bars is 1 but must be a whole number from 2 to 500",
  );
});

test("TypeScript and JavaScript, modules and CommonJS give one result; another byte is another certificate", async () => {
  const body = `id: "mine", title: "Mine", params: {}, prepare: ({ close }) => ({ firstIndicatorBar: 0,
    decide: (bar, side) => (side === 0 && close[bar] > close[bar - 1] ? "buy" : side === 1 ? "close" : "none") })`;
  const typed = `interface Unused { readonly a: number }\nconst one: Unused | undefined = undefined;\nvoid one;\nexport default { ${body} };`;
  const files = { "a.ts": typed, "b.mjs": `export default { ${body} };`, "c.js": `exports.default = { ${body} };` };
  const { folder, run } = await stage(files);
  const results = [];
  for (const name of Object.keys(files)) results.push((await run(join(folder, name))).results[0]);
  const [first, second, third] = results;
  expect(first?.trades.length).toBeGreaterThan(10);
  expect([second?.metrics, third?.trades]).toEqual([first?.metrics, first?.trades]);
  expect(new Set(results.map((result) => result?.certificate.sha256)).size).toBe(3);
});

test.each([
  ["syntax.ts", "export default {\n  id: ;\n};", 'syntax.ts: line 2 column 7: Unexpected ";"', "strategy.invalid"],
  [
    "import.ts",
    `import { readFileSync } from "node:fs";\nexport default readFileSync("x");`,
    "it imports node:fs",
    "strategy.invalid",
  ],
  [
    "taken.js",
    `export default { id: "macd-cross", title: "x", prepare() {} };`,
    "ships with this program",
    "strategy.invalid",
  ],
  ["big.js", "/".repeat(300_000), "it has more than 262144 bytes", "strategy.invalid"],
  [
    "moody.js",
    `let n = 0; export default { id: "moody", title: "x", prepare: () => ({ firstIndicatorBar: 0, decide: () => (n++ % 7 ? "none" : "buy") }) };`,
    "it answers otherwise when it is asked about bar",
    "strategy.invalid",
  ],
])("%s is refused with the file and what is wrong", async (name, text, problem, code) => {
  const { folder, run } = await stage({ [name]: text });
  const refused = run(join(folder, name));
  await expect(refused).rejects.toMatchObject({ code });
  await expect(refused).rejects.toThrow(problem);
  await expect(refused).rejects.toThrow(name);
});

test("a file that is not there, and a name that is neither", async () => {
  const { folder, run } = await stage();
  await expect(run(join(folder, "none.ts"))).rejects.toMatchObject({ code: "strategy.unknown" });
  await expect(run("./none")).rejects.toThrow("its name ends in none of .ts, .mts, .js, .mjs");
  await expect(run("mine")).rejects.toMatchObject({ code: "strategy.unknown" });
});

test.each([1, 3])("%i agents that were taught it decide the very same", async (count) => {
  const { strategy, name, code } = await loadStrategy(example);
  const { candles } = loadTape("AAPL", { start: "2016-01-04", end: "2016-12-30" });
  const params = { bars: 20 };
  const workers = Array.from({ length: count }, (_, place) => workerOf(`a${place}`));
  const own = strategy.prepare(candles, params);
  let tasks = 0;
  const question = { candles, strategy: name, code, params, own, nextTaskId: () => `t${(tasks += 1)}` };
  const bars = candles.close.length;
  const crew = crewOf(workers, () => undefined);
  const parts = await shareParts(crew, splitBars(bars, count), (worker, stretch) => askPart(worker, stretch, question));
  const decided = mergeParts(bars, parts.flat());
  const [split, whole] = [decided, undefined].map((of) =>
    JSON.stringify(replayStrategy(candles, strategy, params, { ...defaultConfig, decided: of })),
  );
  expect(split).toBe(whole);
  expect(workers.every(({ asked }) => asked.length > 0)).toBe(true);
});

test("an agent refuses bytes that are not what the name says", async () => {
  const worker = workerOf("a");
  const name = `user:${"0".repeat(64)}`;
  await expect(worker.teach({ kind: "strategy", name, code: "1" })).rejects.toThrow("not what its name says");
});
