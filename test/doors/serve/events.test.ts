// The stream of events: what is told, in which order, resumed without a gap, for many viewers from one watch.
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { openHub, type Viewer } from "../../../src/doors/serve/hub.ts";
import {
  comes,
  decides,
  goes,
  listen,
  plantRecord,
  plantSwarm,
  say,
  serve,
  swarmA,
  swarmB,
  type Planted,
  type Served,
  type Told,
} from "./plant.ts";

let planted: Planted;
let server: Served;
beforeEach(async () => {
  planted = await plantRecord();
  await plantSwarm(planted.store, swarmA);
  server = await serve(planted);
});
afterEach(async () => {
  await server.close();
  await planted.remove();
});

const last = (told: readonly Told[]) => told.at(-1)?.event;
const kinds = (told: readonly Told[]) => told.map(({ event }) => event);

/** Starts to listen and resolves once the server has said that it is here. */
async function listening(enough: (told: readonly Told[]) => boolean, query = "", headers = {}) {
  let isHere: () => void = () => undefined;
  const here = new Promise<void>((resolve) => (isHere = resolve));
  const told = listen(`${server.origin}/api/events${query}`, enough, headers, () => isHere());
  await Promise.race([here, told]);
  return { told };
}

test("tells places that come and go, bulletins and decisions, in order", async () => {
  const { told } = await listening((all) => last(all) === "decision");
  await comes(planted.store, swarmA, 7);
  await goes(planted.store, swarmA, 7);
  await say(planted.store, swarmA, 3, 11);
  await planted.store.put(swarmA, "results/t1", { ordinary: true }, { writer: "test" });
  await decides(planted.store, swarmA, "vote_1");
  const all = await told;
  expect(kinds(all)).toEqual(["here", "place", "place", "bulletin", "decision"]);
  expect(all.slice(1, 3).map(({ data }) => data)).toEqual([
    { swarm_id: swarmA, agent_id: "agent-1-7", came: true },
    { swarm_id: swarmA, agent_id: "agent-1-7", came: false },
  ]);
  expect(all[3]?.data).toMatchObject({ swarm_id: swarmA, open_tasks: 11, tally: { detected: 3 } });
  expect(all[4]?.data).toMatchObject({ task_id: "vote_1", symbol: "AAPL", ballots: [{ vote: "buy" }] });
});

test("a swarm that comes later is told from its beginning, and a filter keeps the others out", async () => {
  const { told } = await listening((all) => all.some(({ data }) => JSON.stringify(data).includes("agent-1-1")));
  const { told: filtered } = await listening((all) => last(all) === "decision", `?swarm=${swarmA}`);
  await plantSwarm(planted.store, swarmB, { agents: 2 });
  await decides(planted.store, swarmA, "vote_1");
  const all = (await told).filter(({ event }) => event !== "decision");
  expect(kinds(all)).toEqual(["here", "swarm", "place", "place"]);
  expect(all[1]?.data).toEqual({ swarm_id: swarmB, came: true });
  expect(
    (await filtered).filter(({ data }) => JSON.stringify(data).includes(`"swarm_id":"${swarmB}"`)).length,
  ).toBeLessThanOrEqual(1);
});

test("Last-Event-ID resumes without gap or repetition, at this server and at the next one", async () => {
  const decided = (all: readonly Told[]) =>
    all.filter(({ event }) => event === "decision").map(({ data }) => Reflect.get(data as object, "task_id"));
  const first = await listening((all) => decided(all).length === 2);
  for (const n of [1, 2]) await decides(planted.store, swarmA, `vote_${n}`);
  const id = (await first.told).at(-1)?.id ?? "";
  for (const n of [3, 4, 5]) await decides(planted.store, swarmA, `vote_${n}`);
  const second = await listening((all) => decided(all).length >= 3, "", { "last-event-id": id });
  expect(decided(await second.told)).toEqual(["vote_3", "vote_4", "vote_5"]);
  await server.close();
  server = await serve(planted);
  const third = await listening((all) => decided(all).length >= 4, "", { "last-event-id": id });
  await decides(planted.store, swarmA, "vote_6");
  expect(decided(await third.told)).toEqual(["vote_3", "vote_4", "vote_5", "vote_6"]);
});

test("a cursor of another record is answered with a gap, and one that is none is refused", async () => {
  const { told } = await listening((all) => last(all) === "here", "", { "last-event-id": `swarms:1,${swarmA}:999999` });
  expect(kinds(await told)).toEqual(["gap", "here"]);
  const headers = { "last-event-id": "<script>" };
  expect((await fetch(`${server.origin}/api/events`, { headers })).status).toBe(400);
});

test("200 viewers are told the same by one watch for each namespace", async () => {
  const observatory = await planted.backend.observe();
  let watches = 0;
  const counting = {
    ...observatory,
    watch: (...asked: Parameters<typeof observatory.watch>) => {
      watches += 1;
      return observatory.watch(...asked);
    },
  };
  const hub = await openHub({
    observatory: counting,
    clock: realClock,
    log: silentLog,
    only: null,
    changed: () => undefined,
  });
  const texts = Array.from({ length: 200 }, () => [] as string[]);
  for (const text of texts) {
    const viewer: Viewer = {
      only: null,
      waiting: () => 0,
      write: (one) => void text.push(one),
      sent: async () => undefined,
      drop: () => undefined,
    };
    await hub.join(viewer, null);
  }
  for (let n = 0; n < 20; n += 1) await decides(planted.store, swarmA, `vote_${n}`);
  await expect.poll(() => texts.every((text) => text.length === 21), { timeout: 10_000 }).toBe(true);
  expect(new Set(texts.map((text) => text.join(""))).size).toBe(1);
  expect([watches, hub.viewers()]).toEqual([2, 200]);
  await hub.close();
});

test("a viewer that takes nothing is dropped, and the others go on", async () => {
  const { port } = new URL(server.origin);
  const slow = connect(Number(port), "127.0.0.1");
  slow.write(`GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  await new Promise((resolve) => slow.once("readable", resolve));
  slow.pause();
  const closed = new Promise<void>((resolve) => slow.once("close", () => resolve()));
  slow.on("error", () => undefined);
  let heard = 0;
  const { told } = await listening((all) => {
    heard = all.filter(({ event }) => event === "decision").length;
    return JSON.stringify(all.at(-1)?.data).includes("vote_end");
  });
  const viewers = async () =>
    /^e2b_swarm_viewers (\d+)$/m.exec(await (await fetch(`${server.origin}/metrics`)).text())?.[1];
  await expect.poll(viewers).toBe("2");
  // Each is some hundred kilobytes; the sockets of the machine hold a few megabytes.
  const symbol = "A".repeat(400_000);
  for (let n = 0; n < 40; n += 1) {
    await decides(planted.store, swarmA, `vote_${n}`, symbol);
    // The one that reads shares this process with the server: it must not fall behind for lack of a turn.
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(n + 1);
  }
  await expect.poll(viewers, { timeout: 20_000 }).toBe("1");
  await decides(planted.store, swarmA, "vote_end");
  expect(kinds(await told).filter((kind) => kind === "decision")).toHaveLength(41);
  slow.destroy();
  await closed;
});

test("200 viewers on sockets of their own are told the same in order, and those that are cut off miss and repeat nothing", async () => {
  const wanted = Array.from({ length: 20 }, (_, n) => `vote_${n}`);
  const decided = (all: readonly Told[]) =>
    all.filter(({ event }) => event === "decision").map(({ data }) => Reflect.get(data as object, "task_id"));
  let here = 0;
  const viewers = await Promise.all(
    Array.from({ length: 200 }, async (_, at) => {
      // Every fourth leaves in the middle, and comes again with what it saw last.
      const most = at % 4 === 0 ? 7 : wanted.length;
      const isDone = (all: readonly Told[]): boolean => decided(all).length >= most;
      const url = `${server.origin}/api/events`;
      let come: () => void = () => undefined;
      const joined = new Promise<void>((resolve) => (come = resolve));
      const told = listen(url, isDone, {}, come).then(async (first) => {
        if (most === wanted.length) return decided(first).slice(0, most);
        const kept = first.slice(0, first.findIndex((one) => decided([one])[0] === "vote_6") + 1);
        const headers = { "last-event-id": kept.at(-1)?.id ?? "" };
        const rest = await listen(url, (all) => decided(all).length >= wanted.length - most, headers);
        return [...decided(kept), ...decided(rest)];
      });
      await joined;
      here += 1;
      return { told };
    }),
  );
  expect(here).toBe(200);
  for (const task of wanted) await decides(planted.store, swarmA, task);
  const all = await Promise.all(viewers.map(({ told }) => told));
  expect(new Set(all.map((tasks) => tasks.join()))).toEqual(new Set([wanted.join()]));
});
