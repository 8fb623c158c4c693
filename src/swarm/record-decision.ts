// The commit of a round: one compare-and-set that carries the decision and, in Byzantine mode, its certificate. Proofs of
// equivocation are written first, so that no later round can miss them.
import { createHash } from "node:crypto";
import { isSettledBy } from "../consensus/certificate.ts";
import type { Decision } from "../contracts/ballots.ts";
import { ballotText } from "../contracts/ballot-text.ts";
import { canonicalJson, isRecord, type Json } from "../contracts/json.ts";
import { check } from "../contracts/parse.ts";
import type { Entry, RecordStore } from "../contracts/record-store.ts";
import type { Equivocation } from "../contracts/signed-ballot.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { testify } from "./decide-round.ts";
import type { RoundPlan } from "./plan.ts";
import { decisionKey, evictedPrefix } from "./reference-swarm.ts";
import type { SignedAnswer, Testimony } from "./round.ts";

export interface Commit {
  readonly plan: RoundPlan;
  readonly store: RecordStore;
  readonly coordinatorId: string;
  /** Version of the decision's entry when the round began. */
  readonly knownVersion: number;
}

export interface RecordedDecision {
  readonly decision: Decision;
  readonly version: number;
  readonly testimony: Testimony | null;
}

/**
 * Records the decision, or adopts the one of this very round that another coordinator recorded. Throws `memory.conflict` for
 * another round's, and for a Byzantine trade that is recorded without a certificate that holds.
 */
export async function recordDecision(
  commit: Commit,
  decision: Decision,
  answers: readonly SignedAnswer[],
): Promise<RecordedDecision> {
  const { plan, store, coordinatorId, knownVersion } = commit;
  const testimony = testify(plan, answers);
  for (const proof of testimony?.equivocations ?? []) await recordEviction(commit, proof);
  const certified = testimony === null ? {} : { certificate: testimony.certificate };
  const value = asJson({ round: plan.round, decision, answers, ...certified });
  const who = { writer: coordinatorId, ttlSeconds: null };
  const result = await store.compareAndSet(plan.namespace, decisionKey, knownVersion, value, who);
  if (result.outcome === "written") return { decision, version: result.entry.version, testimony };
  const adopted = adopt(plan, result.current);
  if (adopted !== null) return adopted;
  throw new SwarmError("memory.conflict", `Cannot record the decision of round ${plan.round}: another one came first`, {
    hint: "Run one coordinator per namespace, then decide again",
    details: { expected: knownVersion, found: result.current?.version ?? null },
  });
}

/** What the record already holds under a member's key of this round, when its ballot says something else; else null. */
export async function contradicted(
  { plan, store }: Pick<Commit, "plan" | "store">,
  key: string,
  { ballot }: SignedAnswer,
): Promise<SignedAnswer | null> {
  if (plan.motion === undefined || ballot === undefined) return null;
  const held = (await store.get(plan.namespace, key))?.value;
  const fields = isRecord(held) ? held : {};
  const parsed = check("frame.from-agent", {
    kind: "proposal",
    taskId: "",
    proposal: fields["proposal"],
    signature: fields["signature"],
    ballot: fields["ballot"],
  });
  if (!parsed.ok || parsed.value.kind !== "proposal") return null;
  const { proposal, signature, ballot: earlier } = parsed.value;
  const sameVote = earlier?.round === ballot.round && earlier.publicKey === ballot.publicKey;
  if (earlier === undefined || !sameVote || ballotText(earlier) === ballotText(ballot)) return null;
  return { proposal, signature, ballot: earlier };
}

/** The proofs of earlier rounds that the record holds; whoever counts checks them again. */
export async function readEvictions(store: RecordStore, namespace: string): Promise<readonly Equivocation[]> {
  const entries = await store.list(namespace, evictedPrefix);
  return entries.flatMap(({ value }) => {
    const parsed = check("equivocation", value);
    return parsed.ok ? [parsed.value] : [];
  });
}

export function asJson(value: Json): Json {
  return JSON.parse(canonicalJson(value));
}

/** The first proof stands: one is enough. */
async function recordEviction({ plan, store, coordinatorId }: Commit, proof: Equivocation): Promise<void> {
  const name = createHash("sha256")
    .update(proof.ballots[0]?.publicKey ?? "")
    .digest("hex")
    .slice(0, 32);
  const who = { writer: coordinatorId, ttlSeconds: null };
  await store.compareAndSet(plan.namespace, `${evictedPrefix}${name}`, 0, asJson(proof), who);
}

function adopt(plan: RoundPlan, current: Entry | null): RecordedDecision | null {
  const fields = isRecord(current?.value) ? current.value : {};
  const other = check("decision", fields["decision"]);
  if (current === null || !other.ok || other.value.round !== plan.round) return null;
  const decision = other.value;
  const { version } = current;
  if (plan.motion === undefined) return { decision, version, testimony: null };
  const parsed = check("certificate", fields["certificate"]);
  const certificate = parsed.ok ? parsed.value : null;
  const holds =
    certificate === null
      ? decision.action === "none"
      : certificate.action === decision.action &&
        certificate.convictionPpm === decision.convictionPpm &&
        canonicalJson(certificate.motion) === canonicalJson(plan.motion) &&
        isSettledBy(certificate);
  if (holds) return { decision, version, testimony: { certificate, equivocations: [] } };
  throw new SwarmError(
    "memory.conflict",
    `Cannot adopt the decision of round ${plan.round}: the record holds it without a certificate of this motion that verifies`,
    { hint: "Look at who else writes decisions in this namespace", details: { found: version } },
  );
}
