// Ballots and proofs of equivocation, checked from their bytes alone: what was signed, by which key, about which vote.
import { createPublicKey, verify } from "node:crypto";
import { canonicalText } from "./canonical-text.ts";
import { fieldsOf, list, textOf, type Fields } from "./facts.ts";

/** True when `signature` (base64) is the Ed25519 signature of `key` (SPKI DER, base64) over the text. */
export type Signature = (key: string, text: string, signature: string) => boolean;

export const ed25519: Signature = (key, text, signature) => {
  try {
    const bytes = Buffer.from(signature, "base64");
    if (bytes.length !== 64 || bytes.toString("base64") !== signature) return false;
    const known = createPublicKey({ key: Buffer.from(key, "base64"), format: "der", type: "spki" });
    return known.asymmetricKeyType === "ed25519" && verify(null, Buffer.from(text), known, bytes);
  } catch {
    return false;
  }
};

export const ballotFields = [
  "agentId",
  "convictionPpm",
  "inputsSha256",
  "motionSha256",
  "publicKey",
  "round",
  "schema",
  "signature",
  "swarm",
  "vote",
] as const;

export function isExactly(value: Fields, names: readonly string[]): boolean {
  const own = Object.keys(value).sort();
  return own.length === names.length && [...names].sort().every((name, at) => own[at] === name);
}

/** What the member signed: everything but the signature. */
export function signedText(ballot: Fields): string {
  const { signature: _signature, ...said } = ballot;
  return canonicalText(said);
}

/** Why a ballot is no ballot of the key it names; null when it is one. */
export function faultOfBallot(ballot: Fields, signature: Signature): string | null {
  if (ballot["schema"] !== "ballot/1" || !isExactly(ballot, ballotFields)) return "it is no ballot/1";
  const size = ballot["convictionPpm"];
  if (typeof size !== "number" || size < 0 || size > 1_000_000) return "its conviction is outside 0 to 1000000";
  if (!["buy", "sell", "hold", "abstain"].includes(textOf(ballot["vote"]))) return "its vote is unknown";
  const valid = signature(textOf(ballot["publicKey"]), signedText(ballot), textOf(ballot["signature"]));
  return valid ? null : "its signature is not of the key it names";
}

/** Why a proof convicts nobody; null when it does. */
export function faultOfProof(proof: Fields, signature: Signature): string | null {
  const ballots = list(proof["ballots"]).map(fieldsOf);
  const [first, second] = ballots;
  if (proof["schema"] !== "equivocation/1" || !isExactly(proof, ["ballots", "schema"]))
    return "it is no equivocation/1";
  if (ballots.length !== 2 || first === undefined || second === undefined) return "it does not hold two ballots";
  for (const field of ["swarm", "round", "publicKey"]) {
    if (first[field] !== second[field]) return `its ballots differ in ${field}: both may be honest`;
  }
  if (signedText(first) === signedText(second)) return "both ballots say the same";
  return faultOfBallot(first, signature) ?? faultOfBallot(second, signature);
}
