// A call ends by our own clock, whatever becomes of the SDK's deadlines.
import { describe, expect, test } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import { seededRandom } from "../../src/host/random.ts";
import { openLeaseBook } from "../../src/sandboxes/lease-book.ts";
import { managerOff } from "../../src/sandboxes/manager-settings.ts";
import { openReach } from "../../src/sandboxes/reach.ts";

const url = "http://127.0.0.1:9";
const reach = openReach({
  clock: realClock,
  random: seededRandom(1),
  log: silentLog,
  owner: "test",
  connection: { kind: "local", options: { apiUrl: url, sandboxUrl: url, apiKey: `e2b_${"0".repeat(40)}` } } as never,
  book: openLeaseBook(realClock, 1),
  settings: managerOff,
});

describe("a call that is never answered", () => {
  test("fails with what was tried and how long it waited", async () => {
    const doing = { what: "look at i1", about: "sandbox", withinMs: 50 } as const;
    await expect(reach.ask(doing, async () => new Promise(() => undefined))).rejects.toMatchObject({
      code: "sandbox.timeout",
      message: "[sandbox.timeout] Cannot look at i1: no answer within 0.05 s",
    });
  });

  test("one that is answered keeps its answer and its own error", async () => {
    const doing = { what: "look at i1", about: "sandbox", withinMs: 5_000 } as const;
    expect(await reach.ask(doing, async () => "seen")).toBe("seen");
    await expect(reach.ask(doing, async () => Promise.reject(new Error("no")))).rejects.toMatchObject({
      message: expect.stringContaining("Cannot look at i1: no"),
    });
  });
});
