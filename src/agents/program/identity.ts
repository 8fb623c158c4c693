// Who the agent is: an Ed25519 key pair made at the start. The private key never leaves this object, nor the sandbox.
import { createHash, generateKeyPairSync, sign } from "node:crypto";

export interface Identity {
  /** SPKI DER in base64. */
  readonly publicKey: string;
  /** Ed25519 signature over the UTF-8 text, base64. */
  sign(text: string): string;
}

export function makeIdentity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
