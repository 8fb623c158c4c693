import { expect, it } from "vitest";
import { simulatedClock } from "../../../src/host/clock.ts";
import { openCompany } from "../../../src/sandboxes/reading/in-company.ts";

interface Call {
  readonly asked: string;
  readonly answer: () => void;
  readonly fail: (reason: Error) => void;
}

/** A target whose answers are given by hand; `unknown` keys are left out of the answers about many. */
function company(most = 100, unknown: readonly string[] = [], lingerMs = 0) {
  const calls: Call[] = [];
  const clock = simulatedClock();
  const call = <T>(asked: string, value: T): Promise<T> =>
    new Promise((resolve, reject) => void calls.push({ asked, answer: () => resolve(value), fail: reject }));
  const opened = openCompany<string, string>({
    clock,
    most,
    one: (key) => call(key, `${key}!`),
    many: (keys) => {
      const told = keys.filter((key) => !unknown.includes(key));
      return call(keys.join("+"), new Map(told.map((key) => [key, `${key}!`])));
    },
    lingerMs: () => lingerMs,
  });
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const answer = async (at: number): Promise<void> => {
    calls[at]?.answer();
    await settle();
  };
  return {
    ask: (key: string) => opened.ask(key),
    calls,
    clock,
    answer,
    settle,
    asked: () => calls.map((one) => one.asked),
  };
}

it("sends a lone question at once, and those that come meanwhile together, each once", async () => {
  const { ask, asked, answer, settle } = company();
  const first = ask("a");
  await settle();
  expect(asked()).toEqual(["a"]);
  const others = [ask("b"), ask("c"), ask("b"), ask("a")];
  await settle();
  expect(asked()).toEqual(["a"]);
  await answer(0);
  expect(await first).toBe("a!");
  // The second "a" is asked again: an answer older than its question would be no answer to it.
  expect(asked()).toEqual(["a", "b+c+a"]);
  await answer(1);
  expect(await Promise.all(others)).toEqual(["b!", "c!", "b!", "a!"]);
});

it("sends what is asked in one breath as one call", async () => {
  const { ask, asked, answer, settle } = company();
  const all = ["a", "b", "c"].map((key) => ask(key));
  await settle();
  expect(asked()).toEqual(["a+b+c"]);
  await answer(0);
  expect(await Promise.all(all)).toEqual(["a!", "b!", "c!"]);
});

it("asks by itself for what an answer about many leaves out", async () => {
  const { ask, asked, answer, settle } = company(100, ["c"]);
  const both = [ask("b"), ask("c")];
  await settle();
  await answer(0);
  expect(asked()).toEqual(["b+c", "c"]);
  await answer(1);
  expect(await Promise.all(both)).toEqual(["b!", "c!"]);
});

it("never asks for more at once than the target answers", async () => {
  const { ask, asked, answer, settle } = company(2);
  const all = ["a", "b", "c"].map((key) => ask(key));
  await settle();
  await answer(0);
  await answer(1);
  expect(asked()).toEqual(["a+b", "c"]);
  expect(await Promise.all(all)).toEqual(["a!", "b!", "c!"]);
});

it("waits for a question that hangs, but not for long", async () => {
  const { ask, asked, clock, answer, settle } = company();
  void ask("hangs");
  await settle();
  const next = ask("b");
  await clock.advance(49);
  expect(asked()).toEqual(["hangs"]);
  await clock.advance(1);
  expect(asked()).toEqual(["hangs", "b"]);
  await answer(1);
  expect(await next).toBe("b!");
});

it("lingers for others where it may, and no longer", async () => {
  const { ask, asked, clock, answer, settle } = company(100, [], 5);
  const first = ask("a");
  await clock.advance(3);
  const second = ask("b");
  await clock.advance(1);
  expect(asked()).toEqual([]);
  await clock.advance(1);
  expect(asked()).toEqual(["a+b"]);
  await answer(0);
  expect(await Promise.all([first, second])).toEqual(["a!", "b!"]);
  const third = ask("c");
  await clock.advance(5);
  await settle();
  await answer(1);
  expect(await third).toBe("c!");
});

it("tells everybody who asked together of the failure, and nobody else", async () => {
  const { ask, calls, answer, settle } = company();
  const first = ask("a");
  await settle();
  const ends = Promise.allSettled([ask("b"), ask("c")]);
  await answer(0);
  calls[1]?.fail(new Error("down"));
  await settle();
  expect(await first).toBe("a!");
  expect((await ends).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const later = ask("d");
  await settle();
  await answer(2);
  expect(await later).toBe("d!");
});
