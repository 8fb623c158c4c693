// Opinions of the roles on real windows: within their ranges, free of the future, and an abstention where inputs lack.
import { build } from "esbuild";
import { expect, test } from "vitest";
import type { Proposal } from "../../src/contracts/frames.ts";
import { roleNames } from "../../src/contracts/names.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { indexAsOf } from "../../src/market/cut-tape.ts";
import { readHeadlines } from "../../src/market/read-headlines.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { windowOf } from "../../src/market/window.ts";
import { opine } from "../../src/strategies/opine.ts";

const tape = loadTape("AAPL");
const at = indexAsOf(tape, "2017-03-01");
const window = windowOf(tape, at, 300);
const headlines = readHeadlines("AAPL", Number.MAX_SAFE_INTEGER);

test.each(roleNames)("%s: vote, conviction in [0, 1], JSON figures", (role) => {
  const opinion = opine(role, window, headlines, {});
  expect(["buy", "sell", "hold", "abstain"]).toContain(opinion.vote);
  expect(opinion.conviction >= 0 && opinion.conviction <= 1).toBe(true);
  expect(JSON.parse(JSON.stringify(opinion))).toEqual(opinion);
});

test("momentum is recomputable by hand from the window", () => {
  const { close } = window;
  const [recent, old] = [close.at(-22)!, close.at(-253)!];
  const opinion = opine("momentum", window, [], {});
  expect(opinion.figures["momentum"]).toBe(recent / old - 1);
  const size = Math.abs(recent / old - 1);
  expect(opinion.conviction).toBe(size / (size + opinion.figures["yearlyVolatility"]!));
  expect([opinion.vote, opinion.strategy]).toEqual(["buy", "momentum-12-1"]);
});

test("mean reversion buys far below the mean, sells far above, holds near it", () => {
  const flat = Array.from({ length: 60 }, (_, bar) => 100 + (bar % 2));
  const price = (last: number) => {
    const close = [...flat, last];
    const t = close.map((_, bar) => bar * 86_400_000);
    return { symbol: "X", t, open: close, high: close, low: close, close, volume: close };
  };
  const votes = [80, 120, 100.5].map((last) => opine("mean-reversion", price(last), [], {}).vote);
  expect(votes).toEqual(["buy", "sell", "hold"]);
});

test("market research follows the trend against its noise", () => {
  const drift = (step: number) => {
    const close = Array.from({ length: 150 }, (_, bar) => 100 * Math.exp(step * bar + 0.005 * (bar % 2)));
    return { symbol: "X", t: close, open: close, high: close, low: close, close, volume: close.map(() => 10) };
  };
  expect([0.004, -0.004, 0].map((step) => opine("market-research", drift(step), [], {}).vote)).toEqual([
    "buy",
    "sell",
    "hold",
  ]);
});

test("pairs sells what is dear against its partner, buys what is cheap, and says nothing of strangers", () => {
  const priced = (symbol: string, close: number[]) => {
    const t = close.map((_, bar) => bar * 86_400_000);
    return { symbol, t, open: close, high: close, low: close, close, volume: close };
  };
  const market = Array.from({ length: 80 }, (_, bar) => 100 * Math.exp(0.01 * bar + 0.02 * Math.sin(bar)));
  const noise = (bar: number): number => 0.002 * (bar % 2 === 0 ? 1 : -1);
  const follower = (last: number) =>
    priced(
      "A",
      market.map((price, bar) => 3 * price * Math.exp(noise(bar) + (bar === 79 ? last : 0))),
    );
  const partner = priced("B", market);
  const asked = (last: number) => opine("pairs", follower(last), [], {}, [], partner);
  expect([0.05, -0.05, 0].map((last) => asked(last).vote)).toEqual(["sell", "buy", "hold"]);
  expect(asked(0.05).figures["hedgeRatio"]).toBeGreaterThan(0.9);
  // By hand: the residuals of the fit over the last 60 bars.
  const [y, x] = [follower(0.05).close.slice(-60).map(Math.log), market.slice(-60).map(Math.log)];
  const mean = (of: number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
  const [my, mx] = [mean(y), mean(x)];
  const beta = mean(y.map((one, i) => (one - my) * (x[i]! - mx))) / mean(x.map((one) => (one - mx) ** 2));
  const left = y.map((one, i) => one - my - beta * (x[i]! - mx));
  const z = left.at(-1)! / Math.sqrt(mean(left.map((one) => one * one)));
  expect(asked(0.05).figures["z"]).toBeCloseTo(z, 8);
  expect(asked(0.05).conviction).toBeCloseTo(Math.min(1, z / 4), 8);
  const opposite = priced(
    "C",
    market.map((price) => 10_000 / price),
  );
  const stale = { ...partner, t: partner.t.slice(0, -1), close: partner.close.slice(0, -1) };
  for (const other of [null, opposite, stale, { ...partner, symbol: "A" }])
    expect(opine("pairs", follower(0), [], {}, [], other).vote).toBe("abstain");
});

test("risk abstains within its limits, says hold beyond them, and never asks for a trade", () => {
  const priced = (close: number[]) => {
    const t = close.map((_, bar) => bar * 86_400_000);
    return { symbol: "X", t, open: close, high: close, low: close, close, volume: close };
  };
  // Up and down by 1 % in turn, so the worst twentieth of returns is -1/1.01 %.
  const calm = Array.from({ length: 101 }, (_, bar) => (bar % 2 === 0 ? 100 : 101));
  const within = opine("risk", priced(calm), [], {});
  expect(within).toMatchObject({ vote: "abstain", conviction: 0 });
  expect(within.figures["valueAtRisk"]).toBeCloseTo(1 - 100 / 101, 12);
  const tight = opine("risk", priced(calm), [], { varLimit: 0.008 });
  expect(tight.vote).toBe("hold");
  expect(tight.conviction).toBeCloseTo((1 - 100 / 101) / 0.008 - 1, 12);
  const fallen = opine("risk", priced([...calm, 75]), [], {});
  expect(fallen).toMatchObject({ vote: "hold", conviction: expect.closeTo((1 - 75 / 101) / 0.15 - 1, 12) });
  expect(opine("risk", priced(calm.slice(0, 50)), [], {}).vote).toBe("abstain");
});

test("sentiment counts what it may not read", () => {
  const { figures } = opine("sentiment", window, headlines, {});
  const end = window.t.at(-1)!;
  const later = headlines.filter((one) => Date.parse(one.publishedAt) > end).length;
  expect(figures).toMatchObject({ rejectedLater: later, rejectedUndated: 0, rejectedOtherSymbol: 0 });
  expect(figures["headlines"]).toBeGreaterThan(0);
});

test("later headlines change nothing", () => {
  const end = window.t.at(-1)!;
  const before = headlines.filter((one) => Date.parse(one.publishedAt) <= end);
  const all = opine("sentiment", window, headlines, {});
  expect({ ...all, figures: { ...all.figures, rejectedLater: 0 } }).toEqual(opine("sentiment", window, before, {}));
});

test("abstains without bars, headlines or peers", () => {
  const short = windowOf(tape, 50, 30);
  const votes = roleNames.map((role) => [role, opine(role, short, [], {}).vote, opine(role, null, [], {}).vote]);
  expect(votes).toEqual(roleNames.map((role) => [role, "abstain", "abstain"]));
});

test("the coordinator pools its peers by conviction", () => {
  const peer = (vote: Proposal["vote"], conviction: number): Proposal => ({
    agentId: vote,
    role: "momentum",
    round: "r",
    symbol: "AAPL",
    vote,
    conviction,
    strategy: "s",
    figures: {},
    inputsSha256: "0".repeat(64),
  });
  const peers = [peer("buy", 0.6), peer("sell", 0.2), peer("hold", 0.2), peer("abstain", 0)];
  const opinion = opine("coordinator", null, [], {}, peers);
  expect(opinion.vote).toBe("buy");
  expect(opinion.conviction).toBeCloseTo(0.4, 12);
  expect(opinion.figures).toMatchObject({ agentsConsulted: 4, agentsVoted: 3 });
});

test("a parameter the role does not have is refused", () => {
  expect(() => opine("momentum", window, [], { speed: 1 })).toThrow(expect.objectContaining({ code: "usage.invalid" }));
});

test("the bundle that runs in a sandbox has no Node built-in and stays small", async () => {
  const { outputFiles } = await build({
    entryPoints: [packageFolder("src/strategies/opine.ts")],
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
    logLevel: "silent",
  });
  expect(outputFiles[0]?.text).not.toMatch(/from "node:|require\(/);
  expect(outputFiles[0]?.text.length).toBeLessThan(100_000);
});
