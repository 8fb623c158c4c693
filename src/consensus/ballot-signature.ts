// Who signed a ballot. Keys are imported once and kept, because importing one costs a good part of a verification.
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { SignedBallot } from "../contracts/signed-ballot.ts";
import { ballotText } from "../contracts/ballot-text.ts";

/** True when the ballot is signed by the key it names. */
export type IsSigned = (ballot: SignedBallot) => boolean;

const maxKeys = 1_000;
const signatureText = /^[A-Za-z0-9+/]{86}==$/;

/** A check that remembers up to 1,000 keys; the oldest is forgotten first. */
export function openSignatureCheck(): IsSigned {
  const keys = new Map<string, KeyObject | null>();
  const keyOf = (text: string): KeyObject | null => {
    const known = keys.get(text);
    if (known !== undefined) return known;
    const oldest = keys.size >= maxKeys ? keys.keys().next().value : undefined;
    if (oldest !== undefined) keys.delete(oldest);
    const key = ed25519Key(text);
    keys.set(text, key);
    return key;
  };
  return (ballot) => {
    const key = keyOf(ballot.publicKey);
    if (key === null || !signatureText.test(ballot.signature)) return false;
    return verify(null, Buffer.from(ballotText(ballot)), key, Buffer.from(ballot.signature, "base64"));
  };
}

function ed25519Key(text: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(text, "base64"), format: "der", type: "spki" });
    // One key has one text here: with a second spelling one member could vote as two.
    const own = key.export({ format: "der", type: "spki" }).toString("base64");
    return key.asymmetricKeyType === "ed25519" && own === text ? key : null;
  } catch {
    return null;
  }
}
