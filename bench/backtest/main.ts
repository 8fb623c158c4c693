// `npm run bench:backtest`: bars per second of the SMA cross, ours beside a bare loop and two npm engines, interleaved round by
// round. The answer is compared with a reference result before anything is timed: wrong means no speed.
import { parseArgs } from "node:util";
import { defaultConfig } from "../../src/backtest/engine-config.ts";
import { replayStrategy } from "../../src/backtest/replay-strategy.ts";
import type { Candles } from "../../src/contracts/candles.ts";
import { realClock } from "../../src/host/clock.ts";
import { sliceCandles } from "../../src/market/cut-tape.ts";
import { loadTape } from "../../src/market/read-tape.ts";
import { smaCrossReverse } from "../../src/strategies/rules/sma-cross.ts";
import { say } from "../report/program.ts";
import { quantile } from "../report/samples.ts";
import { bareLoop } from "./bare-loop.ts";
import { parameterGrowth, symbolGrowth } from "./growth.ts";
import { openPeers } from "./peers.ts";
import { syntheticBars } from "./synthetic-bars.ts";

const [fast, slow] = [10, 20];
const cash = 10_000;
const cost = 0.002;
const shortBars = 2_000;
/** What the reference engine found on the shipped bars. */
const gate = [
  { symbol: "AAPL", cost: 0.002, cash: 10_000, trades: 69, finalEquity: 8_675.877022 },
  { symbol: "^GSPC", cost: 0, cash: 100_000, trades: 256, finalEquity: 50_031.134478 },
] as const;

const { values } = parseArgs({
  options: {
    peers: { type: "string" },
    bars: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "10" },
  },
});
const rounds = Number(values.rounds);

interface Runner {
  readonly name: string;
  readonly remark: string;
  readonly run: () => unknown;
  readonly barsPerSecond: number[];
}

function ours(candles: Candles, own: { readonly cost: number; readonly cash: number }) {
  const config = { ...defaultConfig, cash: own.cash, commission: { fixed: 0, relative: own.cost } };
  const { simulation } = replayStrategy(candles, smaCrossReverse, { fast, slow }, config);
  return { trades: simulation.trades.size.length, finalEquity: simulation.equity[candles.close.length - 1] ?? NaN };
}

function checkAnswers(): void {
  for (const wanted of gate) {
    const found = ours(loadTape(wanted.symbol).candles, wanted);
    const right = found.trades === wanted.trades && Math.abs(found.finalEquity - wanted.finalEquity) <= 1e-6;
    if (!right)
      throw new Error(`Wrong on ${wanted.symbol}: ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`);
    say(`right on ${wanted.symbol}: ${found.trades} trades, ${found.finalEquity.toFixed(6)}`);
  }
}

function checkBare(candles: Candles): void {
  const [engine, bare] = [ours(candles, { cost, cash }), bareLoop(candles, fast, slow, cash, cost)];
  const same = engine.trades === bare.trades && Math.abs(engine.finalEquity - bare.finalEquity) <= 1e-6;
  if (!same) throw new Error(`The bare loop differs: ${JSON.stringify({ engine, bare })}`);
}

function runnersOn(candles: Candles): Runner[] {
  const runner = (name: string, remark: string, run: () => unknown): Runner => ({
    name,
    remark,
    run,
    barsPerSecond: [],
  });
  const engine = (): unknown => ours(candles, { cost, cash });
  const peers = values.peers === undefined ? [] : openPeers(values.peers, candles, fast, slow);
  return [
    runner("ours", "full account, costs, trades, equity", engine),
    runner("bare loop", "the floor", () => bareLoop(candles, fast, slow, cash, cost)),
    runner("ours again", "control: must equal ours", engine),
    ...peers.map((peer) => runner(peer.name, peer.remark, () => peer.run())),
  ];
}

/** Everyone stands in every place of the row, every second round from the other end, so that nobody always follows the same one. */
function orderOf(round: number, runners: readonly Runner[]): readonly Runner[] {
  const first = round % runners.length;
  const turned = [...runners.slice(first), ...runners.slice(0, first)];
  return round % 2 === 0 ? turned : turned.toReversed();
}

function timeOn(title: string, candles: Candles, repeat: number): void {
  checkBare(candles);
  const runners = runnersOn(candles);
  for (let round = 0; round < rounds + 1; round += 1) {
    for (const runner of orderOf(round, runners)) {
      const began = realClock.monotonicNs();
      for (let k = 0; k < repeat; k += 1) runner.run();
      const seconds = Number(realClock.monotonicNs() - began) / 1e9;
      // The first round warms the compiler.
      if (round > 0) runner.barsPerSecond.push((candles.close.length * repeat) / seconds);
    }
  }
  const bare = quantile(runners[1]?.barsPerSecond ?? [], 0.5);
  say(`\n${title}, ${candles.close.length} bars, median of ${rounds} interleaved rounds`);
  for (const { name, barsPerSecond, remark } of runners) {
    const speed = quantile(barsPerSecond, 0.5);
    const spread = `${(Math.min(...barsPerSecond) / 1e6).toFixed(2)} to ${(Math.max(...barsPerSecond) / 1e6).toFixed(2)}`;
    say(
      `${name.padEnd(20)} ${(speed / 1e6).toFixed(2)} M bars/s (${spread}), ${(speed / bare).toFixed(3)} of the bare loop; ${remark}`,
    );
  }
  if (values.peers === undefined)
    say(
      "indicatorts, grademark   NOT_RUN: --peers <folder> names one in which `npm install grademark indicatorts chai@4` ran",
    );
}

checkAnswers();
timeOn("^GSPC daily", sliceCandles(loadTape("^GSPC").candles, 0, shortBars), 50);
const long = syntheticBars(Number(values.bars), 1);
timeOn("SYNTHETIC", long, 1);
parameterGrowth(sliceCandles(long, 0, Math.min(200_000, long.close.length)));
symbolGrowth();
