import { expect, it } from "vitest";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import type { FaultCode } from "../../../src/contracts/faults.ts";
import { simulatedClock, type SimulatedClock } from "../../../src/host/clock.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { managerDefaults, managerOff, type ManagerSettings } from "../../../src/sandboxes/manager-settings.ts";
import { openTraffic } from "../../../src/sandboxes/traffic/open-traffic.ts";

const look = { what: "look at i1", about: "sandbox", repeatable: true } as const;
const create = { what: "create a sandbox", about: "create" } as const;
const run = { what: "run a command in i1", about: "command" } as const;

function target(settings: Partial<ManagerSettings>) {
  const clock = simulatedClock();
  const traffic = openTraffic(clock, seededRandom(3), { ...managerOff, ...settings });
  return { clock, traffic, answers: (...said: (FaultCode | "ok")[]) => scripted(said) };
}

/** A target that answers what it is told, in order, and counts the calls that reached it. */
function scripted(said: (FaultCode | "ok")[]) {
  const calls = { count: 0 };
  return {
    calls,
    call: (): Promise<string> => {
      const next = said[calls.count++] ?? "ok";
      return next === "ok" ? Promise.resolve("answer") : Promise.reject(new SwarmError(next, "no"));
    },
  };
}

/** Lets everything that waits for a promise go on. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function settled<T>(clock: SimulatedClock, work: Promise<T>): Promise<T | FaultCode> {
  const done = work.catch((thrown: unknown) => SwarmError.from(thrown).code);
  await turn();
  for (let i = 0; i < 500; i++) {
    await clock.advance(10);
    await turn();
  }
  return done;
}

it("asks a question again, and sends a command or a create once", async () => {
  const { clock, traffic, answers } = target({ retries: { asks: 2, creates: 2 } });
  const asked = answers("target.failed", "target.unreachable", "ok");
  expect(await settled(clock, traffic.pass(look, asked.call))).toBe("answer");
  const tooOften = answers("target.failed", "target.failed", "target.failed", "ok");
  expect(await settled(clock, traffic.pass(look, tooOften.call))).toBe("target.failed");
  expect([asked.calls.count, tooOften.calls.count]).toEqual([3, 3]);
  for (const doing of [run, create]) {
    const once = answers("target.unreachable", "ok");
    expect(await settled(clock, traffic.pass(doing, once.call))).toBe("target.unreachable");
    expect(once.calls.count).toBe(1);
  }
  expect(traffic.counts()).toEqual({ sent: 8, retried: 4, rested: 0, breaker: "closed" });
});

it("leaves a target that fails in peace, tries it with one call, and goes on when that is answered", async () => {
  const { clock, traffic, answers } = target({ breaker: { failures: 3, openSeconds: 5 } });
  const sick = answers("target.failed", "target.unreachable", "sandbox.timeout", "target.failed", "ok");
  const ask = (): Promise<string> => traffic.pass(look, sick.call);
  for (const code of ["target.failed", "target.unreachable", "sandbox.timeout"]) {
    await expect(ask()).rejects.toMatchObject({ code });
  }
  await expect(ask()).rejects.toMatchObject({
    message:
      "[target.resting] Cannot look at i1: the target failed several times in a row, it is tried again in 5000 ms",
  });
  expect(sick.calls.count).toBe(3);
  await clock.advance(5_000);
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map((one) => one.status === "rejected" && SwarmError.from(one.reason).code)).toEqual([
    "target.failed",
    "target.resting",
  ]);
  await clock.advance(9_999);
  await expect(ask()).rejects.toMatchObject({ code: "target.resting" });
  await clock.advance(1);
  expect(await ask()).toBe("answer");
  expect(traffic.counts()).toMatchObject({ sent: 5, rested: 3, breaker: "closed" });
});

it("takes an answer that says no, and a sandbox's own trouble, for no sign of a sick target", async () => {
  const { traffic, answers } = target({ breaker: { failures: 1, openSeconds: 5 } });
  for (const code of ["sandbox.not-found", "auth.refused", "sandbox.quota", "sandbox.gone"] as const) {
    await expect(traffic.pass(look, answers(code).call)).rejects.toMatchObject({ code });
  }
  await expect(traffic.pass(run, answers("sandbox.timeout").call)).rejects.toMatchObject({ code: "sandbox.timeout" });
  expect(traffic.counts().breaker).toBe("closed");
});

it("takes a create that failed for a sign of a sick target, and a command's timeout for no sign of a healthy one", async () => {
  const { clock, traffic, answers } = target({ breaker: { failures: 2, openSeconds: 5 } });
  const fails = async (doing: typeof create | typeof run, code: FaultCode): Promise<void> =>
    expect(traffic.pass(doing, answers(code).call)).rejects.toMatchObject({ code });
  await fails(create, "sandbox.create-failed");
  await fails(run, "sandbox.timeout");
  expect(traffic.counts().breaker).toBe("closed");
  await fails(create, "sandbox.create-failed");
  expect(traffic.counts().breaker).toBe("open");
  await clock.advance(5_000);
  // The call that tries tells nothing: the next one tries, and is no worse off for it.
  await fails(run, "sandbox.timeout");
  expect(await traffic.pass(look, answers("ok").call)).toBe("answer");
  expect(traffic.counts().breaker).toBe("closed");
});

it("lets an end pass, whatever rests and however far off its turn is", async () => {
  const end = { what: "terminate i1", about: "sandbox", repeatable: true, ending: true } as const;
  const { clock, traffic, answers } = target({
    breaker: { failures: 1, openSeconds: 5 },
    rate: { requests: 0.01, creates: 0 },
  });
  await expect(traffic.pass(look, answers("target.failed").call)).rejects.toMatchObject({ code: "target.failed" });
  await expect(traffic.pass(look, answers("ok").call)).rejects.toMatchObject({ code: "sandbox.rate-limited" });
  const ended = answers("ok");
  const ending = traffic.pass(end, ended.call);
  await turn();
  expect([ended.calls.count, traffic.counts().breaker]).toEqual([0, "open"]);
  await clock.advance(100_000);
  expect(await ending).toBe("answer");
  const resting = target({ breaker: { failures: 1, openSeconds: 5 } });
  await resting.traffic.pass(look, answers("target.failed").call).catch(() => undefined);
  await expect(resting.traffic.pass(look, answers("ok").call)).rejects.toMatchObject({ code: "target.resting" });
  expect(await resting.traffic.pass(end, answers("ok").call)).toBe("answer");
  expect(resting.traffic.counts()).toMatchObject({ rested: 1, breaker: "open" });
});

it("does not ask again for a turn that it refused itself", async () => {
  const { traffic, answers } = target({
    retries: { asks: 2, creates: 0 },
    rate: { requests: 0.01, creates: 0 },
  });
  expect(await traffic.pass(look, answers("ok").call)).toBe("answer");
  await expect(traffic.pass(look, answers("ok").call)).rejects.toMatchObject({ code: "sandbox.rate-limited" });
  expect(traffic.counts()).toMatchObject({ sent: 1, retried: 0 });
});

it("paces creates apart from other requests", async () => {
  const { clock, traffic, answers } = target({ rate: { requests: 0, creates: 1 } });
  const from = clock.nowMs();
  const at: number[] = [];
  const made = [1, 2, 3].map(() => traffic.pass(create, answers().call).then(() => at.push(clock.nowMs() - from)));
  await Promise.all([traffic.pass(look, answers().call), turn()]);
  expect(clock.nowMs() - from).toBe(0);
  await settled(clock, Promise.all(made));
  expect(at).toEqual([0, 1_000, 2_000]);
});

it("switched off, everything goes out by itself and one time; the defaults are on", async () => {
  const { traffic, answers } = target({});
  const failing = answers(...Array.from({ length: 50 }, () => "target.failed" as const));
  for (let i = 0; i < 50; i++) await traffic.pass(look, failing.call).catch(() => undefined);
  expect(traffic.counts()).toEqual({ sent: 50, retried: 0, rested: 0, breaker: "closed" });
  expect(managerDefaults.breaker.failures).toBeGreaterThan(0);
});
