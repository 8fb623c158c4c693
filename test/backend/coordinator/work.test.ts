// What an agent of a live swarm is shown: its own symbol, the other one of a pair, and no bar after the day.
import { expect, it } from "vitest";
import { openWork, type Asked } from "../../../src/backend/coordinator/work.ts";

const asked: Asked = { agentId: "a1", role: "pairs", symbols: ["AAPL", "^GSPC"], params: {}, taskId: "t1", fence: 3 };
const payload = { symbol: "AAPL", day: "2015-05-01", bars: 70 };

it("shows a pairs agent the other price of its pair, up to the same day", () => {
  const task = openWork()(payload, asked);
  expect([task.window?.symbol, task.partner?.symbol]).toEqual(["AAPL", "^GSPC"]);
  expect([task.window?.t.length, task.partner?.t.length]).toEqual([70, 70]);
  expect(task.partner?.t.at(-1)).toBe(Date.parse("2015-05-01"));
  expect(task.window?.t.at(-1)).toBe(Date.parse("2015-05-01"));
});

it("shows nobody else a partner, and none for a symbol outside the pair", () => {
  const work = openWork();
  expect(work(payload, { ...asked, role: "momentum" }).partner).toBeUndefined();
  expect(work(payload, { ...asked, symbols: ["^GSPC", "MSFT"] }).partner).toBeUndefined();
  expect(work(payload, { ...asked, symbols: [] }).partner).toBeUndefined();
});
