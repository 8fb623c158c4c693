// One decision round as a pure step: (state, event) -> (state, effects). An answer counts once it is durable in the record;
// who fails or is late is silent, silence is not consent, and the decision is what consensus makes of the ballots.
import type { Certificate } from "../contracts/agreement.ts";
import type { Decision } from "../contracts/ballots.ts";
import type { Proposal } from "../contracts/frames.ts";
import { invariant } from "../contracts/invariant.ts";
import type { Equivocation, SignedBallot } from "../contracts/signed-ballot.ts";
import type { Assignment, RoundPlan } from "./plan.ts";

// A type, not an interface: only a type is also plain JSON to the compiler.
export type SignedAnswer = {
  readonly proposal: Proposal;
  /** Ed25519 over the canonical JSON of `proposal`, base64. */
  readonly signature: string;
  /** On the motion of the round, in Byzantine mode. */
  readonly ballot?: SignedBallot;
};

/** Where one member stands. */
export type Standing =
  | { readonly kind: "waiting" }
  | { readonly kind: "answered"; readonly answer: SignedAnswer }
  | {
      readonly kind: "recorded";
      readonly answer: SignedAnswer;
      readonly version: number;
      readonly bytes: number;
      /** What the record held of the same round before, when its ballot says otherwise. */
      readonly earlier?: SignedAnswer;
    }
  | { readonly kind: "silent"; readonly code: string };
export type Standings = Readonly<Record<string, Standing>>;

export type RoundState =
  | { readonly phase: "planned" }
  | { readonly phase: "peers"; readonly standings: Standings }
  | { readonly phase: "coordinator"; readonly standings: Standings }
  | { readonly phase: "recording"; readonly standings: Standings; readonly decision: Decision }
  | {
      readonly phase: "done";
      readonly standings: Standings;
      readonly decision: Decision;
      readonly version: number;
      readonly testimony: Testimony | null;
    };

export type RoundEvent =
  | { readonly kind: "begin" }
  | { readonly kind: "answered"; readonly agentId: string; readonly answer: SignedAnswer }
  | {
      readonly kind: "recorded";
      readonly agentId: string;
      readonly version: number;
      readonly bytes: number;
      readonly earlier?: SignedAnswer;
    }
  | { readonly kind: "failed"; readonly agentId: string; readonly code: string }
  | { readonly kind: "deadline"; readonly of: "peers" | "coordinator" }
  | {
      readonly kind: "decision-recorded";
      readonly decision: Decision;
      readonly version: number;
      /** What was recorded with it in Byzantine mode. */
      readonly testimony?: Testimony | null;
    };

/** What a stranger needs to believe a decision. */
export interface Testimony {
  /** Null when no quorum said the same. */
  readonly certificate: Certificate | null;
  /** Members that signed two ballots, each with both. */
  readonly equivocations: readonly Equivocation[];
}

export type RoundEffect =
  | { readonly kind: "ask"; readonly assignment: Assignment; readonly withinMs: number }
  /** Asks the coordinator, with its peers' proposals read back from the record under these keys. */
  | {
      readonly kind: "ask-coordinator";
      readonly assignment: Assignment;
      readonly peerKeys: readonly string[];
      readonly withinMs: number;
    }
  | { readonly kind: "deadline"; readonly of: "peers" | "coordinator"; readonly afterMs: number }
  | { readonly kind: "record"; readonly assignment: Assignment; readonly answer: SignedAnswer }
  | { readonly kind: "record-decision"; readonly decision: Decision };

/** What becomes of the durable answers; `decideRound` unless a simulation has reason to differ. */
export type Decide = (plan: RoundPlan, answers: readonly SignedAnswer[]) => Decision;

export interface RoundStep {
  readonly state: RoundState;
  readonly effects: readonly RoundEffect[];
}

export function stepRound(plan: RoundPlan, decide: Decide, state: RoundState, event: RoundEvent): RoundStep {
  if (event.kind === "begin") {
    invariant(state.phase === "planned", "a round begins once");
    return begin(plan, decide);
  }
  if (state.phase === "planned" || state.phase === "done") return { state, effects: [] };
  if (state.phase === "recording") {
    if (event.kind !== "decision-recorded") return { state, effects: [] };
    const { decision, version, testimony = null } = event;
    return { state: { phase: "done", standings: state.standings, decision, version, testimony }, effects: [] };
  }
  const { standings, effects } = move(plan, state, event);
  const next = advance(plan, decide, { ...state, standings });
  return { state: next.state, effects: [...effects, ...next.effects] };
}

function begin(plan: RoundPlan, decide: Decide): RoundStep {
  const peers = plan.assignments.filter((assignment) => !coordinates(assignment));
  const waiting = plan.assignments.map(({ member }) => [member.agentId, { kind: "waiting" }] as const);
  const withinMs = plan.peersWithinMs;
  const asks = peers.map((assignment): RoundEffect => ({ kind: "ask", assignment, withinMs }));
  const next = advance(plan, decide, { phase: "peers", standings: Object.fromEntries(waiting) });
  return {
    state: next.state,
    effects: [{ kind: "deadline", of: "peers", afterMs: withinMs }, ...asks, ...next.effects],
  };
}

type Collecting = Extract<RoundState, { phase: "peers" | "coordinator" }>;

/** What an event changes for the members. An answer for somebody who is not awaited changes nothing. */
function move(
  plan: RoundPlan,
  { standings, phase }: Collecting,
  event: RoundEvent,
): { standings: Standings; effects: readonly RoundEffect[] } {
  switch (event.kind) {
    case "answered": {
      const assignment = plan.assignments.find(({ member }) => member.agentId === event.agentId);
      if (assignment === undefined || standings[event.agentId]?.kind !== "waiting") return { standings, effects: [] };
      if (!fits(plan, assignment, event.answer)) return silence(standings, event.agentId, "agent.frame");
      const answered: Standing = { kind: "answered", answer: event.answer };
      const effects: readonly RoundEffect[] = [{ kind: "record", assignment, answer: event.answer }];
      return { standings: { ...standings, [event.agentId]: answered }, effects };
    }
    case "recorded": {
      const standing = standings[event.agentId];
      if (standing?.kind !== "answered") return { standings, effects: [] };
      const { answer } = standing;
      const { version, bytes, earlier } = event;
      const contradicted = earlier === undefined ? {} : { earlier };
      const recorded: Standing = { kind: "recorded", answer, version, bytes, ...contradicted };
      return { standings: { ...standings, [event.agentId]: recorded }, effects: [] };
    }
    case "failed":
      return silence(standings, event.agentId, event.code);
    case "deadline": {
      if (event.of !== phase) return { standings, effects: [] };
      const late = plan.assignments
        .filter((one) => coordinates(one) === (phase === "coordinator"))
        .filter(({ member }) => standings[member.agentId]?.kind === "waiting");
      const silent = late.map(({ member }) => [member.agentId, { kind: "silent", code: "agent.timeout" }] as const);
      return { standings: { ...standings, ...Object.fromEntries(silent) }, effects: [] };
    }
    case "begin":
    case "decision-recorded":
      return { standings, effects: [] };
  }
}

/** Moves to the next phase once nobody is awaited in this one. */
function advance(plan: RoundPlan, decide: Decide, state: Collecting): RoundStep {
  const { standings } = state;
  const coordinator = plan.assignments.find(coordinates);
  const peers = plan.assignments.filter((assignment) => !coordinates(assignment));
  if (state.phase === "peers") {
    if (!peers.every(({ member }) => isSettled(standings[member.agentId]))) return { state, effects: [] };
    if (coordinator !== undefined && !isSettled(standings[coordinator.member.agentId])) {
      const withinMs = plan.coordinatorWithinMs;
      const heard = peers.filter(({ member }) => standings[member.agentId]?.kind === "recorded");
      const peerKeys = heard.map(({ memoryKey }) => memoryKey);
      return {
        state: { phase: "coordinator", standings },
        effects: [
          { kind: "deadline", of: "coordinator", afterMs: withinMs },
          { kind: "ask-coordinator", assignment: coordinator, peerKeys, withinMs },
        ],
      };
    }
  }
  if (state.phase === "coordinator" && !isSettled(standings[coordinator?.member.agentId ?? ""])) {
    return { state, effects: [] };
  }
  const decision = decide(plan, durableAnswers(plan, standings));
  return { state: { phase: "recording", standings, decision }, effects: [{ kind: "record-decision", decision }] };
}

/** Answers that are durable, in the order of the plan; two of a member that contradicted itself. */
export function durableAnswers(plan: RoundPlan, standings: Standings): readonly SignedAnswer[] {
  return plan.assignments.flatMap(({ member }) => {
    const standing = standings[member.agentId];
    if (standing?.kind !== "recorded") return [];
    return standing.earlier === undefined ? [standing.answer] : [standing.earlier, standing.answer];
  });
}

function silence(standings: Standings, agentId: string, code: string): { standings: Standings; effects: [] } {
  const kind = standings[agentId]?.kind;
  // What is durable stands, whatever happens to its author afterwards.
  if (kind !== "waiting" && kind !== "answered") return { standings, effects: [] };
  return { standings: { ...standings, [agentId]: { kind: "silent", code } }, effects: [] };
}

function fits(plan: RoundPlan, { member }: Assignment, { proposal, ballot }: SignedAnswer): boolean {
  const { agentId, role, round, symbol } = proposal;
  if (plan.motion !== undefined && ballot?.agentId !== member.agentId) return false;
  return agentId === member.agentId && role === member.role && round === plan.round && symbol === plan.symbol;
}

function coordinates({ member }: Assignment): boolean {
  return member.role === "coordinator";
}

function isSettled(standing: Standing | undefined): boolean {
  return standing?.kind === "recorded" || standing?.kind === "silent";
}
