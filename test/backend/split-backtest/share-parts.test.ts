// What happens to a part whose agent dies, lies or is late: another agent decides it, and without one nothing is decided.
import { describe, expect, it } from "vitest";
import { askPart, type PartQuestion } from "../../../src/backend/split-backtest/ask-part.ts";
import { crewOf } from "../../../src/backend/split-backtest/crew.ts";
import { shareParts } from "../../../src/backend/split-backtest/share-parts.ts";
import { mergeParts } from "../../../src/backtest/split/merge-parts.ts";
import { splitBars } from "../../../src/backtest/split/split-bars.ts";
import { maxFrameBytes, maxPartBars, maxTapeBars } from "../../../src/contracts/frame-limits.ts";
import type { DecidedPart } from "../../../src/contracts/part-frames.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { makeTape } from "../../../src/market/synthetic/make-tape.ts";
import { checkParams } from "../../../src/strategies/check-params.ts";
import { findStrategy } from "../../../src/strategies/find-strategy.ts";
import { sameDecision } from "../../../src/strategies/strategy.ts";
import { workerOf, type TestWorker } from "./workers.ts";

const strategy = findStrategy("z-revert");
const params = checkParams(strategy, undefined);
const { candles } = makeTape({
  world: "regimes",
  seed: 3,
  symbol: "X",
  start: "2000-01-01",
  end: "2001-06-30",
  leg: 0,
});
const bars = candles.t.length;
const own = strategy.prepare(candles, params);
let tasks = 0;
const question: PartQuestion = { candles, strategy: strategy.id, params, own, nextTaskId: () => `t${(tasks += 1)}` };

async function decided(workers: readonly TestWorker[], said: string[] = []) {
  const crew = crewOf(workers, (sentence) => said.push(sentence));
  const shares = await shareParts(crew, splitBars(bars, workers.length), (worker, stretch) =>
    askPart(worker, stretch, question),
  );
  return { merged: mergeParts(bars, shares.flat()), dropped: crew.dropped() };
}

function expectOwn({ merged }: Awaited<ReturnType<typeof decided>>): void {
  for (let bar = own.firstIndicatorBar + 1; bar < bars; bar += 1) {
    for (const side of [-1, 0, 1] as const) {
      if (!sameDecision(merged.decide(bar, side), own.decide(bar, side))) throw new Error(`bar ${bar} differs`);
    }
  }
}

const gone = (): never => {
  throw new SwarmError("agent.exited", "Agent is gone", { hint: "Deploy it again" });
};
const late = (): never => {
  throw new SwarmError("agent.timeout", "Agent did not answer", { hint: "Allow more time" });
};
type Lie = (part: DecidedPart) => DecidedPart;
const lies: readonly (readonly [string, Lie, string])[] = [
  ["dies", gone, "is gone"],
  ["is late", late, "did not answer"],
  ["decides a bar of its neighbour", (part) => ({ ...part, from: part.from - 1 }), "another from"],
  ["leaves a gap", (part) => ({ ...part, to: part.to - 1 }), "another to"],
  ["rests on other bars", (part) => ({ ...part, inputsSha256: "0".repeat(64) }), "other bars than it was shown"],
  ["decides twice", (part) => ({ ...part, decided: [...part.decided, ...part.decided] }), "bars twice"],
  ["answers for another agent", (part) => ({ ...part, agentId: "a1" }), "another agentId"],
  ["leaves decisions out", (part) => ({ ...part, decided: part.decided.slice(1) }), "otherwise than the strategy"],
  ["hides its warm-up", (part) => ({ ...part, firstIndicatorBar: 0 }), "otherwise than the strategy"],
  ["trades on its own", (part) => ({ ...part, ordered: { bar: part.from, changes: [] } }), "in another way"],
];

describe("one of three", () => {
  it.each(lies)("%s: it is out, another agent decides its part", async (_what, lie, sentence) => {
    const said: string[] = [];
    const workers = [workerOf("a1"), workerOf("a2", lie), workerOf("a3")];
    const run = await decided(workers, said);
    expectOwn(run);
    expect([run.dropped, workers.map(({ killed }) => killed)]).toEqual([1, [false, true, false]]);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(sentence);
    expect(workers[0]?.asked.at(-1)).toBe(workers[1]?.asked[0]);
  });

  it.each(lies)("all alone it %s: the backtest fails with its fault", async (_what, lie, sentence) => {
    const failed = decided([workerOf("a1", lie === lies[6]?.[1] ? (part) => ({ ...part, agentId: "b" }) : lie)]);
    await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^agent\.(frame|exited|timeout)$/) });
    await expect(failed).rejects.toThrow("No agent is left to decide 1 parts");
    await expect(failed).rejects.toThrow(sentence);
  });
});

it("a fault that is no agent's ends the backtest at once", async () => {
  const worker = workerOf("a1", () => {
    throw new SwarmError("cancelled", "The caller stopped the backtest");
  });
  await expect(decided([worker, workerOf("a2")])).rejects.toMatchObject({ code: "cancelled" });
});

it("long parts are asked in pieces, and no agent is shown a bar beyond its piece", async () => {
  const held = findStrategy("buy-hold");
  const long = makeTape({
    world: "regimes",
    seed: 3,
    symbol: "X",
    start: "2000-01-01",
    end: "2009-12-31",
    leg: 0,
  }).candles;
  const worker = workerOf("a1");
  const ends: number[] = [];
  const watched: TestWorker = {
    ...worker,
    show: async (frame) => {
      ends.push(frame.from + frame.t.length);
      await worker.show(frame);
    },
    decide: async (part, options) => {
      expect(ends.at(-1)).toBe(part.to);
      return worker.decide(part, options);
    },
  };
  const asked = { ...question, candles: long, strategy: held.id, params: {}, own: held.prepare(long, {}) };
  const pieces = await askPart(watched, { from: 100, to: 2_500 }, asked);
  expect(worker.asked).toEqual(["100-1100", "1100-2100", "2100-2500"]);
  expect(ends).toEqual([100, 1_100, 2_100, 2_500]);
  expect(pieces.map(({ decided: told }) => told.length)).toEqual([1_000, 1_000, 400]);
});

it("the longest answer about a piece fits in a frame", () => {
  const [price, group] = [2.2250738585072014e-308, -Number.MAX_VALUE];
  const prices = { limit: price, stop: price, stopLoss: price, takeProfit: price, trailPct: price };
  const decision = { side: "sell", closeFirst: false, ...prices, day: false, group } as const;
  const decided = Array.from({ length: maxPartBars }, (_, at) => {
    return ([-1, 0, 1] as const).map((side) => ({ bar: maxTapeBars - at, side, decision }));
  }).flat();
  const name = "n".repeat(500);
  const range = { from: maxTapeBars - maxPartBars, to: maxTapeBars };
  const part = { agentId: name, taskId: name, strategy: name, ...range, firstIndicatorBar: maxTapeBars, decided };
  const told = { ...part, ordered: null, inputsSha256: "0".repeat(64) } satisfies DecidedPart;
  const frame = { kind: "decisions", taskId: name, part: told, signature: "s".repeat(200) };
  expect(Buffer.byteLength(JSON.stringify(frame))).toBeLessThan(maxFrameBytes);
});
