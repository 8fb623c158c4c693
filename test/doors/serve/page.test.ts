// The dashboard's markup: readable without script, nothing of the record is taken for markup, changes reach an open page.
import { afterEach, beforeEach, expect, test } from "vitest";
import { decides, listen, plantRecord, plantSwarm, say, serve, swarmA, type Planted, type Served } from "./plant.ts";

let planted: Planted;
let server: Served;
beforeEach(async () => {
  planted = await plantRecord();
  await plantSwarm(planted.store, swarmA, { topology: "ring" });
  server = await serve(planted);
});
afterEach(async () => {
  await server.close();
  await planted.remove();
});

test("shows all of a swarm before any script runs, and text of the record stays text", async () => {
  await decides(planted.store, swarmA, "vote_1", `<img src=x onerror="alert(1)">`);
  const response = await fetch(server.origin);
  const page = await response.text();
  for (const text of [
    "agent-1-2",
    "sbx-2",
    "ring: 4 members, 4 edges",
    "coordinator – agent-1-0",
    "at list price",
    "0.500",
  ]) {
    expect(page).toContain(text);
  }
  expect(page).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;: buy");
  expect([page.includes("<img"), / style=| on[a-z]+="|<script>/.test(page)]).toEqual([false, false]);
  expect(response.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(response.headers.get("content-security-policy")).not.toContain("unsafe");
});

test("an open page is sent all once, then what has changed", async () => {
  let come: () => void = () => undefined;
  const here = new Promise<void>((resolve) => (come = resolve));
  const shown = listen(
    `${server.origin}/api/events?swarm=${swarmA}&view=1`,
    (all) =>
      all.filter(({ event }) => event === "view").some(({ data }) => JSON.stringify(data).includes("<dd>77</dd>")),
    {},
    come,
  );
  await here;
  await say(planted.store, swarmA, 3, 77);
  const views = (await shown).filter(({ event }) => event === "view");
  expect(Object.keys(views[0]?.data ?? {}).toSorted()).toEqual([
    "agents",
    "cost",
    "decisions",
    "faults",
    "status",
    "swarms",
    "tasks",
    "topology",
  ]);
  // What is pushed moves nobody's position.
  expect(views.map(({ id }) => id)).toEqual(views.map(() => ""));
});
