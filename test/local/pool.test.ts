// The two tiers of the pool, the turns of agents, and what a failed agent looks like: over cells that are doubles with
// real promises, so that every moment can be chosen.
import { describe, expect, it } from "vitest";
import { simulatedClock, type SimulatedClock } from "../../src/host/clock.ts";
import { silentLog, type Log } from "../../src/host/log.ts";
import { createBootQueue } from "../../src/local/boot-queue.ts";
import { createDemand } from "../../src/local/demand.ts";
import type { Cell, IsolationBackend } from "../../src/local/isolation/backend.ts";
import { limits } from "../../src/local/limits.ts";
import { createPool } from "../../src/local/pool.ts";

interface Fake extends Cell {
  readonly boots: { count: number };
  die(): void;
}

const label = {
  isolation: "bwrap",
  ids: "multi",
  limits: "none",
  network: "off",
  networkMissing: null,
  diskMb: 0,
} as const;

function fakeCell(name: string, boot: () => Promise<void>): Fake {
  let die = (): void => undefined;
  const ended = new Promise<void>((resolve) => (die = resolve));
  const boots = { count: 0 };
  let booted: Promise<void> | null = null;
  const nothing = async (): Promise<void> => undefined;
  return {
    name,
    boots,
    die,
    ended,
    removed: ended,
    secret: "s",
    // No agent listens there: warming up never fails, it only warms nothing.
    socketPath: "/nonexistent/agent",
    boot: async () =>
      (booted ??= (async () => {
        boots.count++;
        await boot();
      })()),
    freeze: nothing,
    thaw: nothing,
    setNetwork: async () => undefined,
    capture: nothing,
    kill: async () => die(),
  };
}

interface Stage {
  readonly clock: SimulatedClock;
  readonly made: Fake[];
  readonly backend: IsolationBackend;
  /** Moves time on in small steps, so that promises between timers settle. */
  readonly pass: (ms: number) => Promise<void>;
}

function stage(boot: () => Promise<void> = async () => undefined): Stage {
  const clock = simulatedClock();
  const made: Fake[] = [];
  const stand = async (): Promise<Fake> => {
    const cell = fakeCell(String(made.length), boot);
    made.push(cell);
    return cell;
  };
  const pass = async (ms: number): Promise<void> => {
    for (let step = 0; step < ms; step += 5) {
      await clock.advance(5);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { clock, made, pass, backend: { label, stand, start: stand } };
}

describe("the pool", () => {
  it("keeps warm cells and standing ones behind them, and hands out the warm first", async () => {
    const { clock, made, pass, backend } = stage();
    const pool = createPool({ backend, spares: 2, clock, log: silentLog });
    const filled = pool.filled();
    await pass(2_000);
    await filled;
    expect(made.map((cell) => cell.boots.count)).toEqual([1, 1, 0, 0]);
    const taken = [await pool.take(), await pool.take(), await pool.take()];
    expect(taken.map((cell) => cell.name)).toEqual(["0", "1", "2"]);
    await pass(10);
    const drained = pool.drain();
    await pass(200);
    await drained;
    expect(made.filter((cell) => !taken.includes(cell)).length).toBeGreaterThan(0);
  });

  it("with spares 0 starts nothing ahead, and never hands out a cell that died on the shelf", async () => {
    const none = stage();
    const empty = createPool({ backend: none.backend, spares: 0, clock: none.clock, log: silentLog });
    await empty.filled();
    await none.pass(500);
    expect(none.made).toEqual([]);
    expect((await empty.take()).name).toBe("0");

    const one = stage();
    const pool = createPool({ backend: one.backend, spares: 1, clock: one.clock, log: silentLog });
    const filled = pool.filled();
    await one.pass(2_000);
    await filled;
    one.made[0]?.die();
    await one.pass(5);
    expect((await pool.take()).name).toBe("1");
  });

  it("stands more cells after more were asked for, up to its bound", async () => {
    const { clock, made, pass, backend } = stage();
    const pool = createPool({ backend, spares: 1, clock, log: silentLog });
    for (let i = 0; i < 40; i++) await pool.take();
    const filled = pool.filled();
    await pass(5_000);
    await filled;
    // One of the spares was warmed.
    expect(made.length).toBe(40 + limits.standingCells + 1);
  });

  it("answers a take before the agent runs; whoever needs the agent waits for its introduction", async () => {
    const { clock, pass, backend } = stage();
    const pool = createPool({ backend, spares: 0, clock, log: silentLog });
    const order: string[] = [];
    const cell = pool.handOut(await pool.take(), async () => void order.push("introduced"));
    order.push("answered");
    const ready = cell.ready().then(() => order.push("ready"));
    await pass(5);
    await ready;
    expect(order).toEqual(["answered", "introduced", "ready"]);
  });

  it("a sandbox whose agent fails is a sandbox that died, and the log says so once", async () => {
    const { clock, made, pass, backend } = stage(async () => {
      throw new Error("no memory");
    });
    const lines: string[] = [];
    const log: Log = { write: (level, message) => void lines.push(`${level}: ${message}`) };
    const pool = createPool({ backend, spares: 0, clock, log });
    const cell = pool.handOut(await pool.take(), async () => undefined);
    const refused = expect(cell.ready()).rejects.toMatchObject({ code: "sandbox.gone" });
    await pass(5);
    await refused;
    await made[0]?.ended;
    expect(lines).toEqual(["error: a sandbox died: its agent did not come up"]);
  });

  it("never starts the agent of a sandbox that was killed first", async () => {
    const { clock, made, pass, backend } = stage();
    const pool = createPool({ backend, spares: 0, clock, log: silentLog });
    const cell = pool.handOut(await pool.take(), async () => undefined);
    await cell.kill();
    await pass(500);
    expect(made[0]?.boots.count).toBe(0);
  });
});

describe("the queue of agents", () => {
  it("starts in the background only when it is quiet, and at once when somebody waits", async () => {
    const { clock, pass } = stage();
    let quiet = false;
    const boots = createBootQueue({ clock, width: 1, isQuiet: () => quiet });
    const order: string[] = [];
    const add = (name: string) => boots.add(async () => void order.push(name));
    add("first");
    add("second");
    const third = add("third");
    await pass(100);
    expect(order).toEqual([]);
    third.hurry();
    await pass(5);
    expect(order).toEqual(["third"]);
    quiet = true;
    await pass(50);
    expect(order).toEqual(["third", "first", "second"]);
  });
});

it("demand is what was asked for lately", async () => {
  const clock = simulatedClock();
  const demand = createDemand(clock);
  expect([demand.lately(), demand.restedMs()]).toEqual([0, Number.POSITIVE_INFINITY]);
  demand.note();
  await clock.advance(1_000);
  demand.note();
  expect([demand.lately(), demand.restedMs()]).toEqual([2, 0]);
  await clock.advance(limits.demandWindowMs - 500);
  expect(demand.lately()).toBe(1);
});
