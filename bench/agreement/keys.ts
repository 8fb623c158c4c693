// Keys of a simulated electorate, drawn from the seed. Real Ed25519, or a keyed hash that costs a hundredth and that nobody
// without the member's secret can make either: the code that counts is the same, only who-signed is asked of another.
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { ed25519, type Signature } from "../../harness/verify/ballots.ts";
import type { Identity } from "../../src/agents/program/identity.ts";
import { openSignatureCheck, type IsSigned } from "../../src/consensus/ballot-signature.ts";
import { ballotText } from "../../src/contracts/ballot-text.ts";

export type KeyKind = "ed25519" | "hash";

export interface Keys {
  /** The same identity for the same name. */
  identityOf(name: string): Identity;
  /** As the swarm asks. */
  readonly isSigned: IsSigned;
  /** As the stranger's verifier asks. */
  readonly signature: Signature;
}

export function openKeys(kind: KeyKind, seed: number): Keys {
  const made = new Map<string, Identity>();
  const secrets = new Map<string, Buffer>();
  const identityOf = (name: string): Identity => {
    const secret = createHash("sha256").update(`${seed} ${name}`).digest();
    const known = made.get(name) ?? (kind === "ed25519" ? realIdentity(secret) : hashIdentity(secret));
    made.set(name, known);
    secrets.set(known.publicKey, secret);
    return known;
  };
  if (kind === "ed25519") return { identityOf, ...openRemembered() };
  const signature: Signature = (key, text, given) => {
    const secret = secrets.get(key);
    return secret !== undefined && given === keyedHash(secret, text);
  };
  return { identityOf, signature, isSigned: (one) => signature(one.publicKey, ballotText(one), one.signature) };
}

/** Both real checks, each asked once about the same ballot: a storm shows every ballot to everybody. */
function openRemembered(): Pick<Keys, "isSigned" | "signature"> {
  const own = openSignatureCheck();
  const [swarm, stranger] = [new Map<string, boolean>(), new Map<string, boolean>()];
  const remember = (known: Map<string, boolean>, name: string, ask: () => boolean): boolean => {
    const answer = known.get(name) ?? ask();
    known.set(name, answer);
    return answer;
  };
  return {
    isSigned: (one) => remember(swarm, `${one.publicKey} ${one.signature} ${ballotText(one)}`, () => own(one)),
    signature: (key, text, given) => remember(stranger, `${key} ${given} ${text}`, () => ed25519(key, text, given)),
  };
}

/** RFC 8410: an Ed25519 private key in PKCS #8 is this prefix and its 32 bytes. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function realIdentity(secret: Buffer): Identity {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: "der", type: "pkcs8" });
  return {
    publicKey: createPublicKey(key).export({ format: "der", type: "spki" }).toString("base64"),
    sign: (text) => sign(null, Buffer.from(text), key).toString("base64"),
  };
}

function hashIdentity(secret: Buffer): Identity {
  return {
    publicKey: createHash("sha256").update("public").update(secret).digest("base64"),
    sign: (text) => keyedHash(secret, text),
  };
}

/** 64 bytes, as long as a signature. */
function keyedHash(secret: Buffer, text: string): string {
  return createHash("sha512").update(secret).update(text).digest("base64");
}
