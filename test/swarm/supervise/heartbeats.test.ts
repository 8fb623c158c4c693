import * as fc from "fast-check";
import { expect, it } from "vitest";
import { openAgentCell } from "../../../src/swarm/roster/agent-cell.ts";
import { openHeartbeats } from "../../../src/swarm/supervise/heartbeats.ts";

const size = 6;

it("a batch says exactly what the single beats it stands for say", () => {
  const rounds = fc.array(fc.subarray(Array.from({ length: size }, (_, at) => at)), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(rounds, (missing) => {
      const [batched, single] = [openHeartbeats(), openHeartbeats()];
      const mine = Array.from({ length: size }, (_, at) => openAgentCell(at, `a${at}`, []));
      const theirs = Array.from({ length: size }, (_, at) => openAgentCell(at, `a${at}`, []));
      for (const agent of mine) batched.watch(agent, 0);
      for (const agent of theirs) single.watch(agent, 0);
      for (const [round, except] of missing.entries()) {
        const nowMs = (round + 1) * 200;
        batched.batch(
          mine.filter(({ slot }) => except.includes(slot)),
          nowMs,
        );
        for (const agent of theirs) if (!except.includes(agent.slot)) single.heard(agent, nowMs);
        expect(mine.map((agent) => batched.lastHeardMs(agent))).toEqual(
          theirs.map((agent) => single.lastHeardMs(agent)),
        );
        const silent = (found: readonly { readonly slot: number }[]): number[] =>
          found.map(({ slot }) => slot).toSorted((a, b) => a - b);
        expect(silent(batched.silent(nowMs, 500))).toEqual(silent(single.silent(nowMs, 500)));
      }
    }),
  );
});
