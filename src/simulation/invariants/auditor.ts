// Looks at every step of the leader and at every durable write. The first broken law ends the run; its error is made where
// the settings are known, so that it can print the command that replays it.
import type { RecordEntry, SwarmEffect } from "../../swarm/core/effects.ts";
import type { SwarmEvent } from "../../swarm/core/events.ts";
import type { SwarmPolicy } from "../../swarm/core/policy.ts";
import type { SwarmCounts } from "../../swarm/core/step.ts";
import type { SimRecord } from "../world/record.ts";
import { epochsRise, restartsBounded, scalesCalmly, withinQuota } from "./agent-laws.ts";
import { answersCurrent, fencesRise, leasesCounted, oneLease, sentToServing } from "./lease-laws.ts";
import { openShadow } from "./shadow.ts";
import { bounded, conserved, endedOnce, neverLost } from "./task-laws.ts";
import { decidedOnce, liarsDoNotWin, quorumBehind, type Verify } from "./vote-laws.ts";
import type { Finding, Watch } from "./watch.ts";

export interface Violation {
  readonly law: string;
  readonly sentence: string;
}

export interface SeenStep {
  readonly event: SwarmEvent;
  readonly atMs: number;
  readonly effects: readonly SwarmEffect[];
  readonly counts: SwarmCounts;
}

export interface Auditor {
  readonly see: (step: SeenStep) => void;
  readonly committed: (entries: readonly RecordEntry[]) => void;
  /** A member of this vote lies. */
  readonly liar: (voteId: string, agentId: string) => void;
  /** Was found to have failed and has not joined since. */
  readonly isAccused: (agentId: string) => boolean;
  readonly end: () => void;
  /** The first broken law. */
  readonly violation: () => Violation | null;
  readonly checks: () => readonly { readonly name: string; readonly checks: number }[];
}

export interface AuditorOptions {
  readonly policy: SwarmPolicy;
  readonly record: SimRecord;
  readonly verify: Verify;
}

interface Counted {
  readonly watch: Watch;
  checks: number;
}

type HookName = "event" | "effect" | "after" | "durable" | "end";

/** What one law looks at, taken out of its watch: watches differ in shape, and what is called at every step should not. */
interface Hook<Name extends HookName> {
  readonly law: Counted;
  readonly look: NonNullable<Watch[Name]>;
}

const nobody: readonly never[] = [];

function hooksOf<Name extends HookName>(laws: readonly Counted[], name: Name): readonly Hook<Name>[] {
  return laws.flatMap((law) => {
    const look = law.watch[name];
    return look === undefined ? [] : [{ law, look }];
  });
}

export function openAuditor({ policy, record, verify }: AuditorOptions): Auditor {
  const shadow = openShadow();
  const liars = new Map<string, Set<string>>();
  const laws = lawsOf({ policy, record, verify }, shadow, liars).map((watch): Counted => ({ watch, checks: 0 }));
  const onEffect = new Map<string, readonly Hook<"effect">[]>();
  for (const kind of new Set(laws.flatMap(({ watch }) => watch.kinds ?? []))) {
    const concerned = laws.filter(({ watch }) => watch.kinds?.includes(kind));
    onEffect.set(kind, hooksOf(concerned, "effect"));
  }
  const [onEvent, onAfter, onDurable] = [hooksOf(laws, "event"), hooksOf(laws, "after"), hooksOf(laws, "durable")];
  let violation: Violation | null = null;
  const judge = (law: Counted, finding: Finding): void => {
    law.checks += 1;
    if (finding !== null) violation ??= { law: law.watch.name, sentence: finding };
  };
  return {
    see({ event, atMs, effects, counts }) {
      for (const { law, look } of onEvent) judge(law, look(event));
      shadow.before(event, atMs);
      for (const effect of effects) {
        for (const { law, look } of onEffect.get(effect.kind) ?? nobody) judge(law, look(effect, event, atMs));
        shadow.after(effect, atMs);
      }
      for (const { law, look } of onAfter) judge(law, look(counts, event));
    },
    committed(entries) {
      for (const entry of entries) for (const { law, look } of onDurable) judge(law, look(entry));
    },
    liar: (voteId, agentId) => void liars.set(voteId, (liars.get(voteId) ?? new Set()).add(agentId)),
    isAccused: (agentId) => shadow.accused.has(agentId),
    end() {
      for (const { law, look } of hooksOf(laws, "end")) judge(law, look());
    },
    violation: () => violation,
    checks: () => laws.map(({ watch, checks }) => ({ name: watch.name, checks })),
  };
}

function lawsOf(
  { policy, record, verify }: AuditorOptions,
  shadow: ReturnType<typeof openShadow>,
  liars: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Watch[] {
  return [
    conserved(),
    endedOnce(),
    neverLost(record),
    bounded(policy),
    fencesRise(),
    oneLease(shadow, policy),
    answersCurrent(),
    sentToServing(shadow, policy),
    leasesCounted(shadow),
    restartsBounded(policy),
    withinQuota(policy),
    scalesCalmly(policy),
    epochsRise(),
    quorumBehind(verify),
    decidedOnce(),
    liarsDoNotWin(liars),
  ];
}
