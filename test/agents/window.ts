// Prices made by a formula: the tests of the conversation need a window, not a market.
import type { MarketWindow, Task } from "../../src/contracts/frames.ts";

export function rising(bars: number): MarketWindow {
  const close = Array.from({ length: bars }, (_, i) => 100 * 1.002 ** i * (1 + 0.01 * Math.sin(i)));
  const t = close.map((_, i) => Date.UTC(2016, 0, 1) + i * 86_400_000);
  return { symbol: "AAPL", t, open: close, high: close, low: close, close, volume: close.map(() => 1_000) };
}

export function taskOf(overrides: Partial<Task> = {}): Task {
  const asked = { kind: "task", taskId: "t1", round: "r1", symbol: "AAPL", strategy: "momentum" } as const;
  return { ...asked, params: {}, window: rising(300), headlines: [], peers: [], ...overrides };
}
