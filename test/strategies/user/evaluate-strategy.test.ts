import { expect, test } from "vitest";
import { checkLookAhead } from "../../../src/backtest/check-look-ahead.ts";
import { defaultConfig } from "../../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../../src/backtest/replay-strategy.ts";
import { loadTape } from "../../../src/market/read-tape.ts";
import { findStrategy } from "../../../src/strategies/find-strategy.ts";
import { impureBar } from "../../../src/strategies/user/check-pure.ts";
import { evaluateStrategy } from "../../../src/strategies/user/evaluate-strategy.ts";

const { candles } = loadTape("AAPL", { start: "2016-01-04", end: "2017-12-29" });
const head = `id: "mine", title: "Mine", params: {}`;
const file = (body: string, more = head): string => `exports.default = { ${more}, ${body} };`;
const deciding = (decide: string, first = 0): string =>
  file(`prepare({ t, close }) { return { firstIndicatorBar: ${first}, decide: (bar, side) => ${decide} }; }`);
const evaluate = (code: string) => evaluateStrategy(code, "mine.js");
const decideAll = (code: string): void => void evaluate(code).prepare(candles, {}).decide(1, 0);

test("a rule of ours written as a file gives the very same run", () => {
  const params = { period: 20 };
  const rules = `params: { period: { default: 20, min: 1, max: 1000, integer: true, doc: "bars" } }`;
  const code = file(
    `exclusiveOrders: true,
     prepare({ close }, { period }) {
       const change = close.map((price, at) => (at < period ? NaN : price / close[at - period] - 1));
       return {
         firstIndicatorBar: period,
         columns: [change],
         decide: (bar, side) => change[bar] > 0 && side !== 1 ? "buy" : change[bar] < 0 && side !== -1 ? "sell" : "none",
       };
     }`,
    `id: "mine", title: "Mine", ${rules}`,
  );
  const mine = evaluate(code);
  const [own, theirs] = [mine, findStrategy("roc-follow")].map((one) =>
    replayStrategy(candles, one, params, defaultConfig),
  );
  expect(own?.simulation).toEqual(theirs?.simulation);
  expect(own?.signals).toEqual(theirs?.signals);
  expect(mine.params).toEqual({ period: { default: 20, min: 1, max: 1000, integer: true, doc: "bars" } });
});

test("entries with terms come through exactly; prices, times and sides are what ours see", () => {
  const code = deciding(
    `bar === 300 ? { side: "buy", limit: close[bar] * 0.99, day: true, group: 3 } : t[bar] % 86400000 === 0 && side === -1 ? "close" : "none"`,
  );
  const prepared = evaluate(code).prepare(candles, {});
  const limit = (candles.close[300] ?? NaN) * 0.99;
  expect([prepared.decide(300, 0), prepared.decide(299, -1), prepared.decide(299, 1)]).toEqual([
    { side: "buy", limit, day: true, group: 3 },
    "close",
    "none",
  ]);
});

test("the file cannot change the prices that others see", () => {
  const before = candles.close.slice();
  decideAll(file(`prepare({ close }) { close.fill(1); return { firstIndicatorBar: 0, decide: () => "none" }; }`));
  expect(candles.close).toEqual(before);
});

test.each([
  ["no default export", "exports.other = 1;", "its default export is undefined and not an object"],
  ["a function", "exports.default = () => 1;", "its default export is function and not an object"],
  ["another field", file("prepare() {}, fast: 1"), "it has a field fast; there are id, title, params"],
  ["no prepare", file("prepare: 1"), "its prepare is number and not a function"],
  ["a wrong id", file("prepare() {}", `id: "My One", title: "x"`), "its id is no name of small letters"],
  ["no title", file("prepare() {}", `id: "x"`), "its title is no text"],
  ["a rule without limits", file("prepare() {}, params: { n: { default: 1 } }"), "its parameter n needs the numbers"],
  [
    "a default outside",
    file("prepare() {}, params: { n: { default: 9, min: 1, max: 5, integer: true, doc: '' } }"),
    "its parameter n has a default of 9, outside of 1 to 5",
  ],
  ["an order of nothing", file("prepare() {}, ordered: ['a', 'b']"), "its ordered does not name two of its parameters"],
  ["no JavaScript", "exports.default = {", "it fails: Unexpected end of input"],
  ["an import", `require("node:fs");`, "it fails: it imports node:fs, and a strategy is one file"],
  ["a throw", `throw new TypeError("oh");`, "it fails: oh"],
  ["an endless file", "for (;;) {}", "it does not end in time"],
  ["made code", `exports.default = eval("1");`, "it fails: Code generation from strings disallowed"],
  ["the process", `process.exit();`, "it fails: process is not defined"],
  ["the way out", `this.constructor.constructor("return process")();`, "it fails: "],
  ["too many characters", `//${"x".repeat(262_144)}`, "it has more than 262144 characters"],
])("a file with %s is refused by name", (_, code, problem) => {
  expect(() => evaluate(code)).toThrow(`[strategy.invalid] Cannot use the strategy mine.js: ${problem}`);
});

test.each([
  ["another signal", deciding(`"Buy"`), 'on bar 1, when short, it decides "Buy"'],
  ["nothing", deciding("undefined"), "on bar 1, when short, it decides null"],
  ["a price that is none", deciding(`({ side: "buy", limit: close[-1] })`), 'it decides {"side":"buy","limit":null}'],
  ["a price of zero", deciding(`({ side: "sell", stop: 0 })`), 'it decides {"side":"sell","stop":0}'],
  ["a term that is none", deciding(`({ side: "buy", size: 2 })`), 'it decides {"side":"buy","size":2}'],
  ["a promise", deciding("Promise.resolve('buy')"), "decide fails: decide returns a promise, and a strategy decides"],
  ["later", file("async prepare() { return {}; }"), "prepare fails: prepare returns promise and not an object"],
  ["a promise beside it", deciding("(Promise.resolve(1), 'buy')"), "decide fails: it makes a promise, and a strategy"],
  ["chance", deciding("Math.random() > 0.5 ? 'buy' : 'none'"), "Math.random is not available"],
  ["the time", deciding("Date.now() > 0 ? 'buy' : 'none'"), "Date.now is not available"],
  ["the time of now", deciding("new Date() ? 'buy' : 'none'"), "A Date of anything but milliseconds is not available"],
  ["the zone", deciding("new Date(t[bar]).getHours()"), "getHours is not a function"],
  ["the real clock", deciding("new (new Date(0).constructor)() && 'buy'"), "A Date of anything but milliseconds"],
  [
    "our world",
    deciding("close.constructor.constructor('return process')()"),
    "Code generation from strings disallowed",
  ],
  ["a throw", deciding("null.x"), "decide fails: Cannot read properties of null"],
  ["no decide", file("prepare: () => ({ firstIndicatorBar: 0 })"), "prepare fails: prepare returns no function decide"],
  ["no object", file("prepare: () => 1"), "prepare fails: prepare returns number and not an object"],
  ["half a bar", deciding("'none'", 0.5), "its firstIndicatorBar is 0.5 and not a whole number"],
  [
    "a short column",
    file("prepare: () => ({ firstIndicatorBar: 0, columns: [new Float64Array(3)], decide: () => 'none' })"),
    `one of its columns has 3 values for ${candles.close.length} bars`,
  ],
  [
    "a plain column",
    file("prepare: () => ({ firstIndicatorBar: 0, columns: [[1]], decide() {} })"),
    "no list of Float64Array",
  ],
])("a decision of %s is refused by name", (_, code, problem) => {
  expect(() => decideAll(code)).toThrow(problem);
  expect(() => decideAll(code)).toThrow("Cannot use the strategy mine.js");
});

test("a decision that does not end is ended", () => {
  const code = file("prepare: () => ({ firstIndicatorBar: 0, decide() { for (;;); } })");
  expect(() => decideAll(code)).toThrow("decide does not end in time");
});

const endless = "const again = () => Promise.resolve().then(again); again();";
test.each([
  ["the file", `${endless}\n${deciding("'none'")}`, "it does not end in time"],
  ["decide", deciding(`(() => { ${endless} return 'none'; })()`), "decide does not end in time"],
])("microtasks of %s that call themselves on end within its time", (_, code, problem) => {
  expect(() => decideAll(code)).toThrow(problem);
});

test.each([
  ["rejected", `Promise.reject(new Error("late"));`],
  ["rejected by an async function", `(async () => { throw new Error("late"); })();`],
  ["rejected in a chain", `Promise.resolve().then(() => { throw new Error("late"); });`],
  [
    "of a class of its own",
    `class Own extends Promise { constructor(f) { super(f); } } Own.reject(new Error("late"));`,
  ],
  ["of an import", `import("node:fs");`],
])("a promise %s is refused and does not end this process", async (_, text) => {
  const unhandled: unknown[] = [];
  const hear = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", hear);
  try {
    expect(() => evaluate(`${text}\n${deciding("'none'")}`)).toThrow("it fails: it makes a promise");
    expect(() => decideAll(deciding(`((() => { ${text} })(), 'none')`))).toThrow("decide fails: it makes a promise");
    // Rejections nobody handled are told after the microtasks of this turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    process.off("unhandledRejection", hear);
  }
  expect(unhandled).toEqual([]);
});

test("dates of bars and UTC parts are there", () => {
  const code = deciding("new Date(t[bar]).getUTCDay() === 1 ? 'buy' : 'none'");
  const prepared = evaluate(code).prepare(candles, {});
  expect([0, 5].map((bar) => prepared.decide(bar, 0))).toEqual(["buy", "buy"]);
  expect(prepared.decide(1, 0)).toBe("none");
});

test("a look at a later bar fails the same checks as ours", () => {
  const peek = evaluate(
    deciding("close[bar + 1] > close[bar] ? (side === 0 ? 'buy' : 'none') : side === 1 ? 'close' : 'none'"),
  );
  const full = replayStrategy(candles, peek, {}, defaultConfig);
  expect(checkLookAhead(candles, peek, {}, defaultConfig, full).verdict).toBe("failed");
  const honest = evaluate(
    deciding("close[bar] > close[bar - 1] ? (side === 0 ? 'buy' : 'none') : side === 1 ? 'close' : 'none'"),
  );
  const run = replayStrategy(candles, honest, {}, defaultConfig);
  expect(checkLookAhead(candles, honest, {}, defaultConfig, run).verdict).toBe("passed");
});

test("a strategy that remembers what it was asked is found out, in the file and in prepare", () => {
  const outside = `let seen = 0;\n${deciding("(seen += 1) % 7 === 0 ? 'buy' : 'none'")}`;
  const within = file(
    "prepare() { let seen = 0; return { firstIndicatorBar: 0, decide: () => (seen += 1) % 1000 === 0 ? 'buy' : 'none' }; }",
  );
  expect(impureBar(evaluate(outside), candles, {})).toBeGreaterThan(0);
  expect(impureBar(evaluate(within), candles, {})).toBeGreaterThan(0);
  expect(impureBar(evaluate(deciding("close[bar] > 100 ? 'buy' : 'none'")), candles, {})).toBe(-1);
});
