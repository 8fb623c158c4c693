// Ed25519 signatures in DSSE envelopes. Law: measurement §9. A signature proves who held the key, not honesty: a local
// key gives assurance level A1. The private key stays in its file (mode 0600) and in memory, never in evidence.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { replaceFile } from "../../src/host/durable-file.ts";
import type { DsseEnvelope } from "../claims/bundle.ts";

export const statementType = "application/vnd.in-toto+json";
export const planType = "application/vnd.e2b-swarm.plan+json";
export const checkpointType = "application/vnd.e2b-swarm.checkpoint+json";

export interface Signer {
  /** `SHA256:` and the hex digest of the public key's SPKI DER: a hint for the reader, never a proof. */
  readonly keyid: string;
  /** Base64 SPKI DER of the public key. */
  readonly publicKey: string;
  readonly sign: (payloadType: string, body: Buffer) => string;
}

/** Opens the key at `path`, or makes one there with mode 0600. Throws `state.unwritable`, `evidence.invalid`. */
export function openSigner(path: string): Signer {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    replaceFile(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  return signerOf(readKey(path));
}

function readKey(path: string): KeyObject {
  try {
    const key = createPrivateKey(readFileSync(path));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // The parser's own message could quote the file, so it is not passed on.
  }
  throw new SwarmError("evidence.invalid", "Cannot sign evidence: the key file holds no Ed25519 private key", {
    hint: "Remove the key file; the next run makes a new key",
  });
}

export function signerOf(privateKey: KeyObject): Signer {
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return {
    keyid: keyidOf(spki),
    publicKey: spki.toString("base64"),
    sign: (payloadType, body) => sign(null, pae(payloadType, body), privateKey).toString("base64"),
  };
}

export function keyidOf(spki: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(spki).digest("hex")}`;
}

/** Pre-authentication encoding: lengths in bytes. */
export function pae(payloadType: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.byteLength} `;
  return Buffer.concat([Buffer.from(head), body]);
}

export function seal(signer: Signer, payloadType: string, text: string): DsseEnvelope {
  const body = Buffer.from(text);
  return {
    payloadType,
    payload: body.toString("base64"),
    signatures: [{ keyid: signer.keyid, sig: signer.sign(payloadType, body) }],
  };
}

/** The exact payload bytes when one signature is by this key (SPKI DER), else null. */
export function openEnvelope(envelope: DsseEnvelope, spki: Buffer): Buffer | null {
  const key = createPublicKey({ key: spki, format: "der", type: "spki" });
  const body = Buffer.from(envelope.payload, "base64");
  const encoded = pae(envelope.payloadType, body);
  const valid = envelope.signatures.some(({ sig }) => verify(null, encoded, key, Buffer.from(sig, "base64")));
  return valid ? body : null;
}
