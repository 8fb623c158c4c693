import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/host/random.ts";
import { defaultPolicy } from "../../../src/swarm/core/policy.ts";
import { openFaultAccount } from "../../../src/swarm/supervise/fault-account.ts";
import { backOff, climb, type LadderHistory } from "../../../src/swarm/supervise/ladder.ts";
import { observe, ownMs } from "../../../src/swarm/supervise/observer.ts";

const { ladder } = defaultPolicy;

describe("the ladder", () => {
  const fall = (history: LadderHistory, nowMs: number, sandboxGone = false) =>
    climb(history, { nowMs, policy: ladder, random: seededRandom(1), sandboxGone });

  it("forgets falls that are older than its window", () => {
    const old: LadderHistory = { restarts: [0, 1, 2], replacements: [0, 1, 2] };
    expect(fall(old, 59_999).rung).toBe("escalate");
    expect(fall(old, 60_002)).toMatchObject({ rung: "restart", history: { restarts: [60_002], replacements: [] } });
  });

  it("waits twice as long each time, up to a limit, a share of it drawn", () => {
    const still = { ...ladder, jitter: 0 };
    const waits = [0, 1, 2, 3, 20].map((times) => backOff(times, still, seededRandom(1)));
    expect(waits).toEqual([50, 100, 200, 400, 5_000]);
    for (let seed = 0; seed < 50; seed += 1) {
      const wait = backOff(0, ladder, seededRandom(seed));
      expect(wait >= 25 && wait < 50).toBe(true);
    }
  });
});

describe("the observer", () => {
  it("does not count the time in which it saw nothing", () => {
    const observer = { atMs: 0, absentMs: 0 };
    expect([200, 400, 800, 60_800, 61_000].map((atMs) => observe(observer, atMs, 200))).toEqual([
      200, 400, 800, 1_000, 1_200,
    ]);
    expect(observe(observer, 500, 200)).toBe(1_200);
    expect(ownMs(observer)).toBe(1_200);
  });
});

describe("the account of faults", () => {
  it("moves a fault on once, in order, and never counts what was not observed as healed", () => {
    const account = openFaultAccount();
    const [one, two] = [account.plan("kill"), account.plan("kill")];
    expect(account.advance(one, "observed")).toBe(false);
    expect(
      ["attempted", "observed", "observed", "healed"].map((stage) => account.advance(one, stage as "healed")),
    ).toEqual([true, true, false, true]);
    account.advance(two, "attempted");
    expect(account.advance(two, "healed")).toBe(false);
    expect(account.rows()).toEqual([{ kind: "kill", planned: 2, attempted: 2, observed: 1, healed: 1 }]);
    expect(() => account.advance(9, "healed")).toThrow("a fault is planned before anything else");
  });
});
