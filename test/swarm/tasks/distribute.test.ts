import { describe, expect, it } from "vitest";
import { openRoster, type Roster } from "../../../src/swarm/roster/roster.ts";
import { adaptiveScore, chooseAgent, panelSize } from "../../../src/swarm/tasks/distribute.ts";
import { openTaskCell } from "../../../src/swarm/tasks/task-cell.ts";

/** Ready agents a0, a1, … of these loads; every second one can do "even". */
function crowd(loads: readonly number[], slots = 2): Roster {
  const roster = openRoster(slots, 100);
  for (const [at, load] of loads.entries()) {
    const agent = roster.add(`a${at}`, at % 2 === 0 ? ["even"] : ["odd"]);
    roster.setStatus(agent, "ready");
    for (let held = 0; held < load; held += 1) {
      agent.open.push(openTaskCell(`${agent.id}-${held}`, null));
      roster.refresh(agent, held);
    }
  }
  return roster;
}
const wanted = (overrides: object = {}): Parameters<typeof chooseAgent>[2] => ({
  capability: null,
  counter: 0,
  completed: 0,
  ...overrides,
});

describe("round robin", () => {
  it("counts through those that can take work", () => {
    const roster = crowd([0, 2, 0, 0]);
    const chosen = [0, 1, 2, 3, 4].map((counter) => chooseAgent("round-robin", roster, wanted({ counter }))?.id);
    expect(chosen).toEqual(["a0", "a2", "a3", "a0", "a2"]);
    expect(chooseAgent("round-robin", crowd([2, 2]), wanted())).toBeUndefined();
  });
});

describe("least loaded", () => {
  it("takes the smallest load, of equals who has been at it longest", () => {
    const roster = crowd([1, 0, 0]);
    expect(chooseAgent("least-loaded", roster, wanted())?.id).toBe("a1");
    const first = roster.find("a0");
    first?.open.pop();
    if (first !== undefined) roster.refresh(first, 1);
    expect(roster.least(null, 3).map(({ id }) => id)).toEqual(["a1", "a2", "a0"]);
  });
});

describe("specialised", () => {
  it("takes only who can do it, however busy, and nobody else", () => {
    expect(chooseAgent("specialised", crowd([1, 0]), wanted({ capability: "even" }))?.id).toBe("a0");
    expect(chooseAgent("specialised", crowd([2, 0]), wanted({ capability: "even" }))).toBeUndefined();
    expect(chooseAgent("specialised", crowd([2, 0]), wanted())?.id).toBe("a1");
  });
});

describe("adaptive", () => {
  const view = { id: "a", capabilities: ["x"], load: 0, errorRate: 0, latencyMs: 0, completed: 0 };

  it.each([
    [{}, 120],
    [{ load: 0.5 }, 95],
    [{ errorRate: 0.1 }, 117],
    [{ latencyMs: 500 }, 115],
    [{ latencyMs: 9_000 }, 100],
    [{ completed: 5 }, 125],
    [{ load: 1, errorRate: 1, latencyMs: 9_000 }, 20],
  ])("%j scores %d", (change, score) => {
    expect(adaptiveScore({ ...view, ...change }, wanted({ completed: 10 }))).toBeCloseTo(score, 9);
  });

  it("weighs the capability against load", () => {
    const able = wanted({ capability: "even" });
    expect(adaptiveScore(view, wanted({ capability: "x" }))).toBe(140);
    expect(chooseAgent("adaptive", crowd([1, 0], 4), able)?.id).toBe("a0");
    expect(chooseAgent("adaptive", crowd([1, 0], 2), able)?.id).toBe("a1");
  });
});

describe("consensus", () => {
  it.each([
    [2, 0],
    [3, 3],
    [5, 4],
    [10, 7],
    [60, 31],
  ])("of %d agents asks %d", (agents, size) => {
    expect(panelSize(agents)).toBe(size);
  });
});
