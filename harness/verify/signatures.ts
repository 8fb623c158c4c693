// DSSE signatures checked over the exact payload bytes, which are then the bytes that are parsed. Law: measurement §9. The
// key comes with the bundle, so a valid signature shows integrity; whose key it is, the reader must know from elsewhere.
import { createHash, createPublicKey, verify } from "node:crypto";
import { fieldsOf, list, textOf } from "./facts.ts";

export type Keys = ReadonlyMap<string, Buffer>;

/** keys.json of the bundle: keyid to SPKI DER. Entries whose id is not the digest of their key are left out. */
export function keysOf(value: unknown): Keys {
  const keys = new Map<string, Buffer>();
  for (const [keyid, encoded] of Object.entries(fieldsOf(fieldsOf(value)["keys"]))) {
    const der = Buffer.from(textOf(encoded), "base64");
    if (keyid === `SHA256:${createHash("sha256").update(der).digest("hex")}`) keys.set(keyid, der);
  }
  return keys;
}

export interface Opened {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly keyid: string;
}

/** Payload of an envelope that one of the keys signed, else null. */
export function openSigned(envelope: unknown, keys: Keys): Opened | null {
  const { payload, payloadType, signatures } = fieldsOf(envelope);
  const body = Buffer.from(textOf(payload), "base64");
  if (body.toString("base64") !== payload) return null;
  for (const entry of list(signatures)) {
    const { keyid, sig } = fieldsOf(entry);
    if (signedBy(keys, textOf(keyid), { type: textOf(payloadType), body, sig: textOf(sig) })) {
      return { payload: body, payloadType: textOf(payloadType), keyid: textOf(keyid) };
    }
  }
  return null;
}

export function signedBy(
  keys: Keys,
  keyid: string,
  signed: { readonly type: string; readonly body: Buffer; readonly sig: string },
): boolean {
  const der = keys.get(keyid);
  if (der === undefined) return false;
  const type = Buffer.from(signed.type);
  const parts = ["DSSEv1 ", String(type.length), " ", signed.type, " ", String(signed.body.length), " "];
  const encoded = Buffer.concat([Buffer.from(parts.join("")), signed.body]);
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" && verify(null, encoded, key, Buffer.from(signed.sig, "base64"));
  } catch {
    return false;
  }
}
