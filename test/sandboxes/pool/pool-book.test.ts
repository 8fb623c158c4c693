import { expect, it } from "vitest";
import { openPoolBook, type Idle } from "../../../src/sandboxes/pool/pool-book.ts";

const parts = { rest: "", scratch: "", kernel: "", environment: "" };
const idle = (sandboxId: string, key: string, idleSinceNs: bigint, bornNs = 0n): Idle => ({
  record: {
    sandboxId,
    name: sandboxId,
    template: "node",
    status: "running",
    createdAt: "",
    endAt: "",
    resources: { cpuCount: 1, memoryMb: 512 },
    url: "",
  },
  key,
  baseline: { processes: "1:1", pack: "", parts },
  bornNs,
  idleSinceNs,
});
const ids = (idles: readonly (Idle | null)[]): string[] => idles.map((one) => one?.record.sandboxId ?? "none");

it("hands out the one used last, and only to its own kind", () => {
  const book = openPoolBook();
  for (const one of [idle("a", "x", 1n), idle("b", "x", 2n), idle("c", "y", 3n)]) book.add(one);
  expect([book.count("x"), book.count("y"), book.count("z")]).toEqual([2, 1, 0]);
  expect(ids([book.take("x", 5n), book.take("x", 5n), book.take("x", 5n)])).toEqual(["b", "a", "none"]);
  expect(ids(book.all())).toEqual(["c"]);
});

it("gives up the longest idle first, and what is too long idle or too old", () => {
  const book = openPoolBook();
  for (const one of [idle("a", "x", 10n, 9n), idle("b", "y", 20n, 1n), idle("c", "x", 30n, 9n)]) book.add(one);
  expect(ids(book.takeStale(40n, 15n, 0n))).toEqual(["a"]);
  expect(ids(book.takeStale(40n, 0n, 5n))).toEqual(["b"]);
  book.add(idle("d", "y", 35n));
  expect(ids([book.takeOldest(40n), book.takeOldest(40n), book.takeOldest(40n)])).toEqual(["c", "d", "none"]);
  book.add(idle("e", "x", 1n));
  expect([ids(book.takeAll(9n)), ids(book.all())]).toEqual([["e"], []]);
});

it("counts every second that nobody had a sandbox, all its turns together", () => {
  const book = openPoolBook();
  book.add(idle("a", "x", 100n));
  expect(book.idleNs("a", 130n)).toBe(30n);
  book.take("x", 150n);
  expect(book.idleNs("a", 999n)).toBe(50n);
  book.add(idle("a", "x", 200n));
  expect(book.idleNs("a", 210n)).toBe(60n);
  book.takeAll(220n);
  expect([book.idleNs("a", 999n), book.idleNs("b", 999n)]).toEqual([70n, 0n]);
});
