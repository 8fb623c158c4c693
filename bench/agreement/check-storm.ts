// What must hold in every storm, judged from what the simulation knows and no member can: who is honest, and what was sent.
// Certificates count only when the stranger's verifier, which shares no code with their maker, accepts them too.
import { verifyAgreement } from "../../harness/verify/quorum-certificate.ts";
import { isSettledBy } from "../../src/consensus/certificate.ts";
import { digestOf } from "./cast.ts";
import { byzantineBounds } from "../../src/consensus/quorum.ts";
import type { Certificate } from "../../src/contracts/agreement.ts";
import { ballotText } from "../../src/contracts/ballot-text.ts";
import { canonicalJson } from "../../src/contracts/json.ts";
import type { Observer, Round, Storm } from "./storm.ts";
import { deadline } from "./weather.ts";

export interface Findings {
  readonly violations: readonly string[];
  readonly certificates: number;
  readonly equivocators: number;
}

/** `lax` is a verifier that believes every signature; the planted one. */
export function checkStorm(storm: Storm, lax = false): Findings {
  const violations: string[] = [];
  let certificates = 0;
  let equivocators = 0;
  for (const round of storm.rounds) {
    const accepted = acceptedIn(storm, round, lax, violations);
    certificates += accepted.length;
    violations.push(...conflicts(round, accepted), ...baseless(storm, round, accepted), ...blocked(storm, round));
    for (const observer of round.observers) {
      const seen = contradictedBy(storm, observer);
      equivocators += seen.size;
      violations.push(...misnamed(storm, round, observer, seen));
    }
  }
  return { violations, certificates, equivocators };
}

/** Certificates that would be believed. The two verifiers must agree on every one. */
function acceptedIn({ keys }: Storm, round: Round, lax: boolean, violations: string[]): readonly Certificate[] {
  const made = [...round.observers.flatMap(({ certificate }) => certificate ?? []), ...round.forged];
  const judged = new Map<string, boolean>();
  return made.filter((certificate) => {
    const text = canonicalJson(certificate);
    const known = judged.get(text);
    if (known !== undefined) return known;
    const stranger = verifyAgreement(text, "certificate", lax ? () => true : keys.signature).verified;
    const own = isSettledBy(certificate, lax ? () => true : keys.isSigned);
    if (stranger !== own) violations.push(`${round.motion.round}: one verifier accepts what the other refuses`);
    judged.set(text, stranger);
    return stranger;
  });
}

/** Safety: one electorate and round has one outcome. */
function conflicts({ motion }: Round, accepted: readonly Certificate[]): readonly string[] {
  const outcomes = new Set(accepted.map((one) => `${one.vote} on ${digestOf(one.motion)}`));
  return outcomes.size > 1 ? [`${motion.round}: ${outcomes.size} conflicting certificates`] : [];
}

/** What is certified, more than f honest members said, and its size lies between what they said. */
function baseless({ cast }: Storm, { motion, honest }: Round, accepted: readonly Certificate[]): readonly string[] {
  return accepted.flatMap((certificate) => {
    const backers = honest.filter(
      ({ vote, motionSha256: on }) => vote === certificate.vote && on === digestOf(certificate.motion),
    );
    const sizes = backers.map(({ convictionPpm }) => convictionPpm);
    const size = Math.abs(certificate.convictionPpm);
    const within = certificate.vote === "hold" || (size >= Math.min(...sizes) && size <= Math.max(...sizes));
    const few =
      backers.length <= cast.faults ? [`${motion.round}: ${backers.length} honest members back a certificate`] : [];
    return within ? few : [...few, `${motion.round}: a size that no honest members span`];
  });
}

/** Liveness: whoever holds a quorum of matching honest ballots in time has a certificate. */
function blocked({ cast, keys }: Storm, { motion, honest, observers }: Round): readonly string[] {
  const { ballots: needed } = byzantineBounds(cast.people.length);
  const own = new Set(honest.filter((one) => one.motionSha256 === digestOf(motion)).map(ballotText));
  return observers.slice(0, -1).flatMap(({ received, certificate }) => {
    const inTime = received.filter(
      ({ at, ballot }) => at <= deadline && own.has(ballotText(ballot)) && keys.isSigned(ballot),
    );
    const enough = (["buy", "sell", "hold"] as const).some(
      (vote) =>
        new Set(inTime.filter((one) => one.ballot.vote === vote).map((one) => one.ballot.agentId)).size >= needed,
    );
    return enough && certificate === null ? [`${motion.round}: liars kept a quorum from agreeing`] : [];
  });
}

/** Keys whose signed ballots of one round, as this observer received them, say two things. */
function contradictedBy({ keys }: Storm, { received }: Observer): ReadonlySet<string> {
  const said = new Map<string, string>();
  const guilty = new Set<string>();
  for (const { ballot } of received) {
    if (!keys.isSigned(ballot)) continue;
    const text = ballotText(ballot);
    if ((said.get(ballot.publicKey) ?? text) !== text) guilty.add(ballot.publicKey);
    said.set(ballot.publicKey, text);
  }
  return guilty;
}

/** Everyone seen is named with a proof that a stranger accepts, nobody else is, and never an honest member. */
function misnamed(
  { cast, keys }: Storm,
  { motion }: Round,
  { proofs }: Observer,
  seen: ReadonlySet<string>,
): readonly string[] {
  const sound = proofs.filter((proof) => verifyAgreement(canonicalJson(proof), "proof", keys.signature).verified);
  const named = new Set(sound.map(({ ballots: [first] }) => first?.publicKey ?? ""));
  const honest = cast.people
    .filter(({ scheme }) => scheme === null)
    .map(({ agentId }) => keys.identityOf(agentId).publicKey);
  const problems = honest.some((key) => named.has(key)) ? [`${motion.round}: an honest member was convicted`] : [];
  if (sound.length < proofs.length) problems.push(`${motion.round}: a proof that proves nothing`);
  if ([...seen].some((key) => !named.has(key))) problems.push(`${motion.round}: an equivocator was seen and not named`);
  if ([...named].some((key) => !seen.has(key))) problems.push(`${motion.round}: somebody was named who was not seen`);
  return problems;
}
