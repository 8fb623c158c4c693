// Every law is broken once on purpose, by a core that is wrong in one way; the auditor must name that law, and the error
// must carry the command that replays the seed.
import { describe, expect, it } from "vitest";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { runSimulation } from "../../src/simulation/run-simulation.ts";
import type { SimulationSettings } from "../../src/simulation/settings.ts";
import { faultLevels } from "../../src/simulation/settings.ts";
import { realCore, type SwarmCore } from "../../src/simulation/world/world.ts";
import type { SwarmEffect } from "../../src/swarm/core/effects.ts";
import type { SwarmEvent } from "../../src/swarm/core/events.ts";
import type { SwarmCounts } from "../../src/swarm/core/step.ts";
import { settings } from "./model.ts";

type Tamper = (effects: readonly SwarmEffect[], event: SwarmEvent, atMs: number) => readonly SwarmEffect[];

const tampered = (tamper: Tamper): SwarmCore => ({
  ...realCore,
  step(state, event, atMs) {
    const next = realCore.step(state, event, atMs);
    return { state: next.state, effects: tamper(next.effects, event, atMs) };
  },
});
const miscounting = (change: (counts: SwarmCounts) => Partial<SwarmCounts>): SwarmCore => ({
  ...realCore,
  counts(state) {
    const counts = realCore.counts(state);
    return { ...counts, ...change(counts) };
  },
});
/** Changes the n-th effect of a kind. */
const nth = <Kind extends SwarmEffect["kind"]>(
  kind: Kind,
  number: number,
  change: (effect: Extract<SwarmEffect, { kind: Kind }>) => readonly SwarmEffect[],
): SwarmCore => {
  let seen = 0;
  const isMeant = (effect: SwarmEffect): effect is Extract<SwarmEffect, { kind: Kind }> => effect.kind === kind;
  return tampered((effects) =>
    effects.flatMap((effect) => (isMeant(effect) && (seen += 1) === number ? change(effect) : [effect])),
  );
};
const entryNth = (
  kind: "done" | "decision",
  number: number,
  change: (effect: SwarmEffect) => readonly SwarmEffect[],
) => {
  let seen = 0;
  return tampered((effects) =>
    effects.flatMap((effect) =>
      effect.kind === "record" && effect.entry.kind === kind && (seen += 1) === number ? change(effect) : [effect],
    ),
  );
};

async function broken(core: SwarmCore, overrides: Partial<SimulationSettings> = {}): Promise<string> {
  const calm = settings({ faults: faultLevels.none, ...overrides });
  try {
    await runSimulation({ settings: calm, command: "replay me", core });
  } catch (thrown) {
    const error = SwarmError.from(thrown);
    expect(error.code).toBe("simulation.violated");
    expect(error.hint).toBe("Replay it with: replay me");
    return String(error.details.law);
  }
  return "nothing was found";
}

const reversed = (effect: Extract<SwarmEffect, { kind: "record" }>): readonly SwarmEffect[] => {
  if (effect.entry.kind !== "decision") return [effect];
  const { decision } = effect.entry;
  const action = decision.action === "buy" ? "sell" : "buy";
  return [{ ...effect, entry: { ...effect.entry, decision: { ...decision, action } } }];
};

/** Turns the votes themselves, so that a quorum of forged ballots stands behind the lie. */
const forged = (effect: Extract<SwarmEffect, { kind: "record" }>): readonly SwarmEffect[] => {
  const [lie] = reversed(effect);
  if (lie?.kind !== "record" || lie.entry.kind !== "decision") return [effect];
  const { decision } = lie.entry;
  const ballots = decision.ballots.map((ballot) => {
    const vote = decision.action === "buy" ? ("buy" as const) : ("sell" as const);
    const signature = `key of ${ballot.agentId}|${ballot.round}|${vote}|${ballot.convictionPpm}`;
    return { ...ballot, vote, signature };
  });
  return [{ ...lie, entry: { ...lie.entry, decision: { ...decision, ballots } } }];
};

describe("a core that", () => {
  it.each<[string, SwarmCore, string, Partial<SimulationSettings>?]>([
    ["loses count", miscounting(({ done }) => ({ done: Math.max(0, done - 1) })), "tasks are conserved"],
    ["records a result twice", entryNth("done", 5, (effect) => [effect, effect]), "only the present lease answers"],
    ["accepts before it is durable", tampered(early), "no accepted task is lost"],
    ["forgets a task", nth("done", 9, () => []), "no accepted task is lost"],
    ["lets the queue grow", miscounting(hoard), "the queue is bounded"],
    ["ends a task again", endAgain(), "no task ends twice"],
    ["lets liars win", nthDecision(forged), "liars do not win"],
    ["uses a fence again", nth("send", 7, (send) => [{ ...send, fence: send.fence - 1 }]), "fences rise"],
    ["leases twice", nth("send", 7, (send) => [send, { ...send, fence: send.fence + 0.5 }]), "leases do not overlap"],
    [
      "calls a lease over at once",
      nth("send", 7, (send) => [send, { ...send, kind: "expired" }]),
      "leases do not overlap",
    ],
    ["sends to a stranger", nth("send", 7, (send) => [{ ...send, agentId: "nobody" }]), "work goes to who can take it"],
    [
      "miscounts leases",
      miscounting(({ leased, queued }) => ({ leased: leased + 1, taken: 1e9, queued })),
      "tasks are conserved",
    ],
    ["hides a lease", miscounting(hideLease), "leases are counted"],
    [
      "restarts for ever",
      nth("restart", 1, (one) => Array.from({ length: 20 }, () => one)),
      "restarts are bounded",
      faulty,
    ],
    ["outgrows the quota", miscounting(() => ({ ready: 13 })), "agents keep within the quota"],
    [
      "scales twice at once",
      nth("send", 3, (send) => [send, { kind: "scaled", from: 12, to: 11 }, { kind: "scaled", from: 11, to: 12 }]),
      "scaling keeps its limits",
    ],
    [
      "scales past its limits",
      nth("send", 3, (send) => [send, { kind: "scaled", from: 12, to: 13 }]),
      "scaling keeps its limits",
    ],
    ["writes under an old epoch", nth("record", 9, (write) => [{ ...write, epoch: 0 }]), "epochs rise"],
    ["decides against the ballots", nthDecision(reversed), "no decision without quorum"],
    ["decides twice", entryNth("decision", 2, (effect) => [effect, effect]), "a vote is decided once"],
  ])("%s is caught", async (_, core, law, overrides) => {
    expect(await broken(core, overrides)).toBe(law);
  });

  it("is not broken is not accused", async () => {
    expect(await broken(realCore)).toBe("nothing was found");
  });
});

const faulty: Partial<SimulationSettings> = { faults: { ...faultLevels.none, kill: 20 } };

function early(effects: readonly SwarmEffect[]): readonly SwarmEffect[] {
  return effects.flatMap((effect): readonly SwarmEffect[] =>
    effect.kind === "record" && effect.entry.kind === "task"
      ? [effect, { kind: "accepted", taskId: effect.entry.taskId }]
      : [effect],
  );
}

function hoard({ done, leased, committing, dead }: SwarmCounts): Partial<SwarmCounts> {
  return done === 0 ? {} : { queued: 1e6, waiting: 1e6, taken: 1e6 + done + leased + committing + dead };
}

/** Records an old task as dead where a new one should be recorded. */
function endAgain(): SwarmCore {
  let seen = 0;
  return tampered((effects) =>
    effects.map((effect) =>
      effect.kind === "record" && effect.entry.kind === "task" && (seen += 1) === 60
        ? { ...effect, entry: { kind: "dead", taskId: "t1", attempts: 5 } }
        : effect,
    ),
  );
}

function hideLease({ leased, queued }: SwarmCounts): Partial<SwarmCounts> {
  return leased === 0 ? {} : { leased: leased - 1, queued: queued + 1, waiting: queued + 1 };
}

function nthDecision(change: typeof reversed): SwarmCore {
  let seen = 0;
  return tampered((effects) =>
    effects.flatMap((effect) =>
      effect.kind === "record" && effect.entry.kind === "decision" && (seen += 1) === 2 ? change(effect) : [effect],
    ),
  );
}
