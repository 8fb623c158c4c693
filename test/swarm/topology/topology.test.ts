import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topologyKinds } from "../../../src/contracts/names.ts";
import { openRankedSet } from "../../../src/swarm/roster/ranked-set.ts";
import { compareTopologies } from "../../../src/swarm/topology/compare-topologies.ts";
import { buildTopology } from "../../../src/swarm/topology/edges.ts";
import { elect, partitions } from "../../../src/swarm/topology/elect.ts";
import { hopsTo } from "../../../src/swarm/topology/hops-to.ts";
import { repair } from "../../../src/swarm/topology/repair.ts";
import { broadcast, route } from "../../../src/swarm/topology/route.ts";

const five = ["a", "b", "c", "d", "e"];
const oneMs = (): number => 1;

describe("edges", () => {
  it("are the four shapes", () => {
    const count = (members: readonly string[]): number[] =>
      topologyKinds.map((kind) => buildTopology(kind, members).edges.length);
    expect(count(five)).toEqual([10, 4, 5, 4]);
    expect(count(["a", "b"])).toEqual([1, 1, 1, 1]);
    expect(count(["a"])).toEqual([0, 0, 0, 0]);
    expect(buildTopology("hierarchical", five).edges).toEqual([
      ["a", "b"],
      ["a", "c"],
      ["b", "d"],
      ["b", "e"],
    ]);
  });

  it("of a mesh too large are refused by name", () => {
    const many = Array.from({ length: 1_001 }, (_, at) => `m${at}`);
    expect(() => buildTopology("mesh", many)).toThrow(
      "[usage.invalid] Cannot build a mesh of 1001 members: at most 1000 are allowed",
    );
  });
});

describe("a message", () => {
  it("follows the edges and counts them", () => {
    const latency = (edge: readonly [string, string]): number => (edge.includes("a") ? 10 : 1);
    expect(route(buildTopology("hierarchical", five), "d", "c", latency)).toEqual({
      kind: "delivered",
      path: ["d", "b", "a", "c"],
      hops: 3,
      messages: 3,
      latencyMs: 21,
    });
    const ring = buildTopology("ring", five);
    expect(route(ring, "a", "e", oneMs)).toMatchObject({ hops: 1, path: ["a", "e"] });
    expect(route(ring, "a", "e", oneMs, { cut: [["e", "a"]] })).toMatchObject({ hops: 4 });
    expect(route(ring, "b", "e", oneMs, { dead: new Set(["a", "c"]) })).toEqual({ kind: "unreachable" });
  });

  it("to all takes one message per member", () => {
    expect(broadcast(buildTopology("star", five), "a", oneMs)).toEqual({
      reached: 4,
      missed: [],
      messages: 4,
      mostHops: 1,
      latencyMs: 1,
    });
    expect(broadcast(buildTopology("star", five), "b", oneMs, { dead: new Set(["a"]) })).toMatchObject({
      reached: 0,
      missed: ["c", "d", "e"],
    });
  });
});

describe("after a death", () => {
  it("the ring closes, the star has its elected hub, children hang on their grandparent", () => {
    expect(repair(buildTopology("ring", five), new Set(["c"]), "a").edges).toEqual([
      ["a", "b"],
      ["b", "d"],
      ["d", "e"],
      ["e", "a"],
    ]);
    expect(repair(buildTopology("star", five), new Set(["a"]), "b").edges).toEqual([
      ["b", "c"],
      ["b", "d"],
      ["b", "e"],
    ]);
    expect(repair(buildTopology("hierarchical", five), new Set(["b"]), "a").edges).toEqual([
      ["a", "c"],
      ["a", "d"],
      ["a", "e"],
    ]);
  });

  it("whatever dies, the living of a repaired topology reach each other", () => {
    const members = Array.from({ length: 12 }, (_, at) => `m${at}`);
    fc.assert(
      fc.property(fc.constantFrom(...topologyKinds), fc.subarray(members, { maxLength: 11 }), (kind, gone) => {
        const dead = new Set(gone);
        const leader = members.find((member) => !dead.has(member)) ?? "";
        expect(partitions(repair(buildTopology(kind, members), dead, leader), { dead })).toHaveLength(1);
      }),
    );
  });

  it("the distance that the coordinator reckons with is the shortest path over the repaired edges", () => {
    const slots = Array.from({ length: 14 }, (_, at) => at);
    fc.assert(
      fc.property(
        fc.constantFrom(...topologyKinds),
        fc.subarray(slots),
        fc.integer({ min: 2, max: 4 }),
        (kind, up, arity) => {
          const living = openRankedSet();
          for (const slot of up) living.set(slot, true);
          const members = ["root", ...slots.map((slot) => `s${slot}`)];
          const dead = new Set(slots.filter((slot) => !up.includes(slot)).map((slot) => `s${slot}`));
          const mended = repair(buildTopology(kind, members, { arity }), dead, "root");
          const reckoned = up.map((slot) => hopsTo({ kind, arity }, slot, living));
          const walked = up.map((slot) => route(mended, "root", `s${slot}`, oneMs));
          expect(reckoned).toEqual(walked.map((delivery) => (delivery.kind === "delivered" ? delivery.hops : -1)));
        },
      ),
    );
  });
});

describe("an election", () => {
  it("is won by the longest-standing member of a majority, under a higher term", () => {
    expect(elect(five, new Set(["e", "c", "b"]), 4)).toEqual({ kind: "elected", leader: "b", term: 5 });
    expect(elect(five, new Set(["a", "d"]), 4)).toEqual({ kind: "no-majority", present: 2, needed: 3, term: 4 });
  });

  it("never has two winners in a split", () => {
    fc.assert(
      fc.property(fc.subarray(five), (side) => {
        const other = five.filter((member) => !side.includes(member));
        const winners = [side, other].filter((group) => elect(five, new Set(group), 1).kind === "elected");
        expect(winners.length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

it("the comparison counts by sending", () => {
  const rows = compareTopologies(five, oneMs);
  expect(
    rows.map(({ kind, edges, mostHops, broadcastMessages, lostByFirst, lostAfterRepair }) => [
      kind,
      edges,
      mostHops,
      broadcastMessages,
      lostByFirst,
      lostAfterRepair,
    ]),
  ).toEqual([
    ["mesh", 10, 1, 4, 0, 0],
    ["hierarchical", 4, 3, 4, 1, 0],
    ["ring", 5, 2, 4, 0, 0],
    ["star", 4, 2, 4, 3, 0],
  ]);
  expect(rows[0]?.meanHops).toBe(1);
});
