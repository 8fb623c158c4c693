// kill -9 between the broker's acceptance and its answer: the order exists once and the next life finds it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { account, capitalMicroUsd, orderAt, paperKeys, quotes } from "../../../bench/broker/plan.ts";
import { tortureOrders } from "../../../bench/broker/torture.ts";
import { servePaper } from "../../../src/broker/paper/serve-paper.ts";
import { realClock as clock } from "../../../src/host/clock.ts";
import { packageFolder } from "../../../src/host/package-folder.ts";
import { openSqliteStore } from "../../../src/memory/sqlite-store.ts";
import { openAccount } from "../../../src/portfolio/account/account.ts";

test.each([true, false])("killed before the answer, taken: %s", async (effect) => {
  const folder = mkdtempSync(join(tmpdir(), "swarm-kill-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "record.db");
  const paper = await servePaper({ ...paperKeys, cashMicroUsd: capitalMicroUsd, quotes });
  onTestFinished(() => paper.close());
  const store = await openSqliteStore({ path, clock });
  await openAccount({ store, clock, account }, capitalMicroUsd, "test");
  await store.close();
  paper.plan({ on: "create", shows: "hang", effect });
  const start = () => {
    const program = packageFolder("dist/bench/broker/client.js");
    return spawn(process.execPath, [program, paper.url, path, "1", "1"], { stdio: ["ignore", "pipe", "inherit"] });
  };
  const first = start();
  const ended = once(first, "close");
  while (paper.posts.size === 0 && first.exitCode === null) await clock.sleep(1);
  first.kill("SIGKILL");
  await ended;
  const second = start();
  const said: string[] = [];
  second.stdout.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const [code] = await once(second, "close");
  expect([code, said.join("")]).toEqual([0, effect ? "0 accepted\n" : "0 unknown\n"]);
  expect([...paper.posts]).toEqual([[orderAt(1, 0).clientOrderId, 1]]);
  expect(paper.market.orders.length).toBe(effect ? 1 : 0);
});

test("30 orders, 3 kills, faults: nothing doubled, lost or misremembered", async () => {
  const report = await tortureOrders({ orders: 30, seed: 3, kills: 3, clock, plant: null });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBeGreaterThan(0);
  expect(report.posts).toBeLessThanOrEqual(30);
});

test("planted: a client that sends nothing is found, one sentence for each order", async () => {
  const { problems, posts } = await tortureOrders({ orders: 5, seed: 4, kills: 0, clock, plant: "hold" });
  expect(posts).toBe(0);
  expect(problems).toEqual(
    [0, 1, 2, 3, 4].map((index) => {
      const { clientOrderId, symbol } = orderAt(4, index);
      return `${clientOrderId} was never sent, and nothing holds ${symbol}`;
    }),
  );
});

test("planted: a client that ends by itself is found", async () => {
  const { problems } = await tortureOrders({ orders: 5, seed: 5, kills: 0, clock, plant: "crash" });
  expect(problems.slice(0, 4)).toEqual([
    "life 1 ended by itself with 3",
    "life 2 ended by itself with 3",
    "life 3 ended by itself with 3",
    "the client never came to its end",
  ]);
});

test("planted: an order sent again under a new name is found", async () => {
  const { problems } = await tortureOrders({ orders: 30, seed: 2, kills: 0, clock, plant: "resend" });
  expect(problems[0]).toMatch(/^the broker accepted [0-9a-f]{48}-again, the record says not recorded$/);
});
