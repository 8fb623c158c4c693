// What a pool does while it waits, without a target: how long for those being emptied, and what it does not make ahead.
import { expect, it } from "vitest";
import { simulatedClock, type Clock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { seededRandom } from "../../../src/host/random.ts";
import { connectionTo } from "../../../src/sandboxes/connection.ts";
import { openLeaseBook } from "../../../src/sandboxes/lease-book.ts";
import { managerOff } from "../../../src/sandboxes/manager-settings.ts";
import { refill } from "../../../src/sandboxes/pool/make-member.ts";
import { openPoolCore, type PoolCore } from "../../../src/sandboxes/pool/pool-core.ts";
import { takeMember } from "../../../src/sandboxes/pool/take-member.ts";
import { openReach } from "../../../src/sandboxes/reach.ts";

function core(clock: Clock, create: PoolCore["create"]): PoolCore {
  const connection = connectionTo({ kind: "cloud", apiKey: "k", domain: "example.test" });
  const settings = { ...managerOff, pool: { ...managerOff.pool, size: 3, warm: 2 } };
  const host = { clock, random: seededRandom(1), log: silentLog, owner: "test" };
  return openPoolCore(openReach({ ...host, connection, book: openLeaseBook(clock, 10), settings }), create);
}

const never = (): Promise<never> => new Promise(() => undefined);

it("waits a second for all that are being emptied together, not for each", async () => {
  const clock = simulatedClock();
  const pool = core(clock, never);
  for (let n = 0; n < 3; n++) pool.cleaning.push({ key: "k", done: never() });
  const taken = takeMember(pool, "k", 300);
  await clock.advance(1_000);
  expect(await taken).toBeNull();
});

it("makes none ahead of a kind that can be used once only, and not two at a time", async () => {
  const asked: string[] = [];
  const pool = core(simulatedClock(), (request) => {
    asked.push(request.template ?? "");
    return never();
  });
  pool.hopeless.add("hopeless");
  await refill(pool, { template: "hopeless" }, "hopeless");
  void refill(pool, { template: "good" }, "good");
  await refill(pool, { template: "good" }, "good");
  expect(asked).toEqual(["good"]);
});
