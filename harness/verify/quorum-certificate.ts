// A stranger's check of a quorum certificate or a proof of equivocation, from the file alone. Shares no code with what made
// it. Whose keys the members hold is not in the file: the reader must know the digest of the electorate from elsewhere.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ed25519, faultOfBallot, faultOfProof, isExactly, type Signature } from "./ballots.ts";
import { parseCanonical } from "./canonical-parse.ts";
import { canonicalText } from "./canonical-text.ts";
import { digestHex } from "./digests.ts";
import { effectiveVoters, electorateOf, faultOfMembers, type Electorate, type Voter } from "./electorate.ts";
import { fieldsOf, list, openNotebook, textOf, wholeOf, type Fields, type Problem } from "./facts.ts";

export interface AgreementCheck {
  readonly verified: boolean;
  readonly verdict: null;
  readonly exitCode: 0 | 7;
  readonly checked: readonly string[];
  readonly remarks: readonly string[];
  readonly problems: readonly Problem[];
}

/** More than any electorate needs. */
const maxBytes = 16 * 1_048_576;

/** Checks the file at `path`. Throws only when it cannot be read at all. */
export function verifyAgreementFile(path: string): AgreementCheck {
  const bytes = readFileSync(path);
  const text = bytes.length > maxBytes ? "" : bytes.toString("utf8").replace(/\n$/, "");
  return verifyAgreement(text, basename(path));
}

/** Checks a certificate/1 or an equivocation/1 in canonical JSON. `signature` is Ed25519 unless a simulation brings another. */
export function verifyAgreement(text: string, file = "certificate", signature: Signature = ed25519): AgreementCheck {
  const notes = openNotebook();
  const blame = (problem: string, place?: string): void =>
    notes.blame(file, problem, place === undefined ? {} : { place });
  const remarks: string[] = [];
  const parsed = parseCanonical(text);
  const value = parsed.ok ? fieldsOf(parsed.value) : {};
  if (!parsed.ok) blame(`it is no canonical JSON: ${parsed.problem}`);
  else if (value["schema"] === "equivocation/1") {
    const fault = faultOfProof(value, signature);
    if (fault !== null) blame(fault);
    else
      notes.tick(`two contradicting ballots of ${textOf(fieldsOf(list(value["ballots"])[0])["agentId"])}, both signed`);
  } else if (value["schema"] === "certificate/1") {
    checkCertificate(value, { blame, tick: notes.tick, signature });
    const members = digestHex(Buffer.from(canonicalText(fieldsOf(value["motion"])["members"])));
    remarks.push(
      `The members and their keys are the file's own: electorate ${members}. Compare it with what you know.`,
    );
  } else blame("it is neither a certificate/1 nor an equivocation/1", "schema");
  const verified = notes.problems.length === 0;
  const { checked, problems } = notes;
  return { verified, verdict: null, exitCode: verified ? 0 : 7, checked, remarks, problems };
}

interface Court {
  readonly blame: (problem: string, place?: string) => void;
  readonly tick: (sentence: string) => void;
  readonly signature: Signature;
}

const parts = [
  "action",
  "ballots",
  "convictionPpm",
  "effectiveVotersPpm",
  "motion",
  "quorum",
  "schema",
  "vote",
  "voters",
];
const motionParts = "epoch evictions history members rhoPpm round rule schema swarm symbol windowSha256".split(" ");

function checkCertificate(certificate: Fields, court: Court): void {
  const motion = fieldsOf(certificate["motion"]);
  if (!isExactly(certificate, parts)) court.blame("its fields are not those of a certificate/1");
  if (!isExactly(motion, motionParts) || motion["schema"] !== "motion/1") court.blame("it is no motion/1", "motion");
  if (fieldsOf(motion["rule"])["mode"] !== "byzantine") court.blame("the rule is not Byzantine", "motion.rule.mode");
  const fault = faultOfMembers(list(motion["members"]).map(fieldsOf));
  if (fault !== null) return court.blame(`the members ${fault}`, "motion.members");
  const electorate = electorateOf(motion);
  if (electorate.voters.length < 4) court.blame("fewer than four voters outvote no liar", "motion.members");
  const voters = electorate.voters.map(({ agentId }) => agentId);
  compare(court, "voters", certificate["voters"], voters);
  const counted = countBallots(certificate, electorate, court);
  checkQuorum(certificate, electorate, counted, court);
  checkSize(certificate, electorate, counted, court);
  const worth = effectiveVoters(motion, electorate.voters);
  if (worth === "odd") court.blame("the correlations are not symmetric shares", "motion.rhoPpm");
  else compare(court, "effectiveVotersPpm", certificate["effectiveVotersPpm"], worth);
  court.tick(`${counted.length} of ${voters.length} voters signed ${textOf(certificate["vote"])}, one ballot each`);
  court.tick(`quorum, size and action recomputed: ${textOf(certificate["action"])}`);
}

interface Counted {
  readonly voter: Voter;
  readonly ballot: Fields;
}

/** The ballots that count; everything else about the list is blamed. */
function countBallots(certificate: Fields, { voters }: Electorate, court: Court): readonly Counted[] {
  const motion = fieldsOf(certificate["motion"]);
  const about = {
    swarm: motion["swarm"],
    round: motion["round"],
    motionSha256: digestHex(Buffer.from(canonicalText(motion))),
    vote: certificate["vote"],
  };
  const evicted = evictedKeys(motion, court);
  const counted: Counted[] = [];
  let before = "";
  for (const [at, ballot] of list(certificate["ballots"]).map(fieldsOf).entries()) {
    const voter = voters.find(({ agentId }) => agentId === ballot["agentId"]);
    const fault = faultOfBallot(ballot, court.signature) ?? whyOutside(ballot, about, voter, evicted);
    const id = textOf(ballot["agentId"]);
    if (fault !== null) court.blame(`the ballot of ${id}: ${fault}`, `ballots.${at}`);
    else if (!(before < id)) court.blame("the ballots are not one per member, in order", `ballots.${at}`);
    else if (voter !== undefined) counted.push({ voter, ballot });
    before = id;
  }
  return counted;
}

function whyOutside(
  ballot: Fields,
  about: Fields,
  voter: Voter | undefined,
  evicted: ReadonlySet<unknown>,
): string | null {
  if (voter === undefined) return "it is of nobody who votes here";
  if (ballot["publicKey"] !== voter.key) return "its key is not the member's";
  if (evicted.has(voter.key)) return "its member was evicted";
  for (const [field, wanted] of Object.entries(about)) {
    if (ballot[field] !== wanted) return `its ${field} is another`;
  }
  return null;
}

function evictedKeys(motion: Fields, court: Court): ReadonlySet<unknown> {
  const keys = new Set<unknown>();
  for (const [at, proof] of list(motion["evictions"]).map(fieldsOf).entries()) {
    const fault = faultOfProof(proof, court.signature);
    if (fault !== null) court.blame(`an eviction without proof: ${fault}`, `motion.evictions.${at}`);
    else keys.add(fieldsOf(list(proof["ballots"])[0])["publicKey"]);
  }
  return keys;
}

function checkQuorum(certificate: Fields, electorate: Electorate, counted: readonly Counted[], court: Court): void {
  const { faults, heads, weight } = electorate;
  const found = counted.reduce((sum, { voter }) => sum + voter.capped, 0n);
  if (counted.length < heads) court.blame(`${counted.length} matching ballots where ${heads} are needed`, "ballots");
  if (found < weight) court.blame(`a matching weight of ${found} where ${weight} is needed`, "ballots");
  const quorum = { faults, ballots: heads, weightPpm: Number(weight), matchingWeightPpm: Number(found) };
  compare(court, "quorum", certificate["quorum"], quorum);
}

/** The size is the largest that more than f matching members reach, so that one of them is honest. */
function checkSize(certificate: Fields, { faults }: Electorate, counted: readonly Counted[], court: Court): void {
  const sizes = counted.map(
    ({ voter, ballot }) => (BigInt(wholeOf(ballot["convictionPpm"]) ?? 0) * voter.calibration) / 1_000_000n,
  );
  const backed = sizes.filter((size) => sizes.filter((other) => other >= size).length > faults);
  const size = Number(backed.reduce((most, one) => (one > most ? one : most), 0n));
  const { vote } = certificate;
  const deadband = wholeOf(fieldsOf(fieldsOf(certificate["motion"])["rule"])["deadbandPpm"]);
  if (vote !== "buy" && vote !== "sell" && vote !== "hold") court.blame("its vote is none to agree on", "vote");
  if (deadband === null) return court.blame("there is no deadband", "motion.rule.deadbandPpm");
  const signed = vote === "buy" ? size : vote === "sell" && size > 0 ? -size : 0;
  compare(court, "convictionPpm", certificate["convictionPpm"], signed);
  compare(court, "action", certificate["action"], signed === 0 || size < deadband ? "none" : vote);
}

function compare(court: Court, place: string, given: unknown, wanted: unknown): void {
  if (canonicalText(given) === canonicalText(wanted)) return;
  court.blame(`it says ${brief(given)}, recomputed ${brief(wanted)}`, place);
}

function brief(value: unknown): string {
  const text = canonicalText(value);
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
