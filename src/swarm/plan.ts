// What one decision round needs to know before it begins. A plan is data: the same plan runs live, in a backtest and in a
// simulation.
import { createHash } from "node:crypto";
import { makeMotion, motionSha256 } from "../consensus/motion.ts";
import type { Motion } from "../contracts/agreement.ts";
import type { ConsensusRule, Member } from "../contracts/ballots.ts";
import type { Headline, MarketWindow, Role, Task } from "../contracts/frames.ts";
import { invariant } from "../contracts/invariant.ts";
import { canonicalJson } from "../contracts/json.ts";
import type { MotionName } from "../contracts/signed-ballot.ts";

export interface Assignment {
  readonly member: Member;
  readonly memoryKey: string;
  /** What it is asked; the coordinator's peers are filled in when they have answered. */
  readonly task: Task;
}

export interface RoundPlan {
  readonly round: string;
  readonly symbol: string;
  /** Namespace of the record. */
  readonly namespace: string;
  readonly assignments: readonly Assignment[];
  readonly rule: ConsensusRule;
  /** What is voted on, in Byzantine mode only: the swarm is then the namespace. */
  readonly motion?: Motion;
  /** Limit for everyone but the coordinator, ms. */
  readonly peersWithinMs: number;
  /** Limit for the coordinator, counted from when its peers were done, ms. */
  readonly coordinatorWithinMs: number;
}

export interface PlanRequest extends Omit<
  RoundPlan,
  "assignments" | "motion" | "peersWithinMs" | "coordinatorWithinMs"
> {
  readonly members: readonly (Member & { readonly memoryKey: string })[];
  /** Bars up to the decision bar. */
  readonly window: MarketWindow;
  /** Read by the sentiment role only. */
  readonly headlines: readonly Headline[];
  /** Parameters by role; a role without any uses its defaults. */
  readonly params?: Partial<Record<Role, Readonly<Record<string, number>>>>;
  /** What a Byzantine round knows besides. Default: the first epoch, nobody evicted, no history. */
  readonly electorate?: Partial<Pick<Motion, "epoch" | "evictions" | "rhoPpm" | "history">>;
  /** Default 10,000. */
  readonly peersWithinMs?: number;
  /** Default 10,000. */
  readonly coordinatorWithinMs?: number;
}

const answerWithinMs = 10_000;
const maxMembers = 100;

/**
 * A plan in which every member is asked about the same window. Member ids are unique; at most one coordinates. Throws
 * `usage.invalid` for a Byzantine rule that these members cannot vote by.
 */
export function planRound(request: PlanRequest): RoundPlan {
  const { members, round, symbol, namespace, rule, peersWithinMs, coordinatorWithinMs } = request;
  invariant(members.length >= 1 && members.length <= maxMembers, `a round has 1 to ${maxMembers} members`);
  invariant(new Set(members.map(({ agentId }) => agentId)).size === members.length, "member ids are unique");
  invariant(members.filter(({ role }) => role === "coordinator").length <= 1, "at most one member coordinates");
  const motion = rule.mode === "byzantine" ? motionFor(request) : null;
  const name = motion === null ? null : { swarm: motion.swarm, sha256: motionSha256(motion) };
  const assignments = members.map(({ memoryKey, ...member }) => ({
    member,
    memoryKey,
    task: taskFor(request, member, name),
  }));
  return {
    round,
    symbol,
    namespace,
    rule,
    assignments,
    ...(motion === null ? {} : { motion }),
    peersWithinMs: peersWithinMs ?? answerWithinMs,
    coordinatorWithinMs: coordinatorWithinMs ?? answerWithinMs,
  };
}

function motionFor({ round, symbol, namespace, rule, members, window, electorate = {} }: PlanRequest): Motion {
  const { epoch = 1, evictions = [], rhoPpm = null, history = null } = electorate;
  return makeMotion({
    swarm: namespace,
    epoch,
    round,
    symbol,
    windowSha256: createHash("sha256").update(canonicalJson(window)).digest("hex"),
    members: members.map(({ memoryKey: _memoryKey, ...member }) => member),
    rule,
    evictions,
    rhoPpm,
    history,
  });
}

function taskFor(
  { round, symbol, window, headlines, params }: PlanRequest,
  { agentId, role }: Member,
  motion: MotionName | null,
): Task {
  return {
    ...(motion === null ? {} : { motion }),
    kind: "task",
    taskId: `${round}/${agentId}`,
    round,
    symbol,
    strategy: role,
    params: { ...params?.[role] },
    window: role === "coordinator" ? null : window,
    headlines: role === "sentiment" ? [...headlines] : [],
    peers: [],
  };
}
