// Several symbols in one account: the account is kept in one place, the parts follow each other, and the figures are those of
// one run, also when an agent fails on the way.
import { describe, expect, it } from "vitest";
import { bookRequestOf } from "../../../src/backend/backtest-requests.ts";
import { openTapes } from "../../../src/backend/open-tapes.ts";
import { crewOf } from "../../../src/backend/split-backtest/crew.ts";
import { decideBook } from "../../../src/backend/split-backtest/decide-book.ts";
import { openBookRun, runBook } from "../../../src/backtest/book/run-book.ts";
import type { DecidedPart } from "../../../src/contracts/part-frames.ts";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { bookStrategies } from "../../../src/strategies/find-strategy.ts";
import type { BookStrategy } from "../../../src/strategies/book-strategy.ts";
import { workerOf, type TestWorker } from "./workers.ts";

async function both(book: BookStrategy, workers: readonly TestWorker[], mode: "reference" | "product" = "reference") {
  const symbols = book.id === "pairs-z" ? ["AAPL", "^GSPC"] : ["AAPL", "^GSPC", "BTC/USD"];
  const input = { strategy: book.id, symbols, start: "2016-07-05", end: "2017-06-30", cash: 100_000, mode };
  const sources = { feeds: () => Promise.reject(new Error("no feed")), signal: new AbortController().signal };
  const request = await bookRequestOf(openTapes(input, sources), input, book);
  const { series, params, configAt } = openBookRun(request);
  const own = book.prepare(series, params);
  let tasks = 0;
  const crew = crewOf(workers, () => undefined);
  const { run, parts } = await decideBook(crew, workers.length, {
    series,
    strategy: book.id,
    params,
    own,
    config: configAt(request.costBps),
    nextTaskId: () => `t${(tasks += 1)}`,
    checkStop: () => undefined,
  });
  const [split, whole] = [runBook({ ...request, run }), runBook(request)];
  return {
    split: JSON.stringify(split),
    whole: JSON.stringify(whole),
    parts,
    bars: whole.bars,
    dropped: crew.dropped(),
  };
}

const crewSizes = [1, 3, 5] as const;

describe.each(bookStrategies.map((book) => [book.id, book] as const))("%s", (_id, book) => {
  it.each(crewSizes)("has the figures of one run when %d decide it", async (count) => {
    for (const mode of ["reference", "product"] as const) {
      const workers = Array.from({ length: count }, (_, place) => workerOf(`a${place + 1}`));
      const { split, whole, parts, bars } = await both(book, workers, mode);
      expect(split).toBe(whole);
      expect(parts.map(({ agentId }) => agentId)).toEqual(workers.map(({ agentId }) => agentId));
      expect([parts[0]?.from, parts.at(-1)?.to]).toEqual([0, bars]);
    }
  });

  it.each([
    ["dies", died],
    ["orders more", (part: DecidedPart) => ({ ...part, ordered: more(part) })],
    ["orders too early", (part: DecidedPart) => ({ ...part, ordered: { bar: 0, changes: [{ symbol: 0, units: 1 }] } })],
    ["orders nothing and one symbol too many", (part: DecidedPart) => ({ ...part, ordered: foreign(part) })],
  ])("one of three %s: others decide", async (_what, lie) => {
    let answers = 0;
    // It is honest for a while, so that its successor takes over in the middle.
    const second = workerOf("a2", (part) => ((answers += 1) > 1 ? lie(part) : part));
    const first = workerOf("a1", lie);
    const { split, whole, dropped } = await both(book, [first, second, workerOf("a3")]);
    expect(split).toBe(whole);
    expect(dropped).toBe(second.asked.length > 1 ? 2 : 1);
  });
});

it("without an agent left nothing is decided", async () => {
  const [book] = bookStrategies;
  if (book === undefined) throw new Error("there are books");
  const failed = both(book, [workerOf("a1", died), workerOf("a2", died)]);
  await expect(failed).rejects.toMatchObject({ code: "agent.exited" });
  await expect(failed).rejects.toThrow("No agent is left");
});

function died(): never {
  throw new SwarmError("agent.exited", "Agent is gone", { hint: "Deploy it again" });
}

function more({ ordered, to }: DecidedPart): NonNullable<DecidedPart["ordered"]> {
  if (ordered === null) return { bar: to - 1, changes: [{ symbol: 0, units: 1 }] };
  return { ...ordered, changes: ordered.changes.map((one) => ({ ...one, units: one.units + 1 })) };
}

function foreign({ from }: DecidedPart): NonNullable<DecidedPart["ordered"]> {
  return { bar: from, changes: [{ symbol: 7, units: 1 }] };
}
