// DSSE signatures checked over the exact payload bytes, which are then the bytes that are parsed. Law: measurement §9. The
// key comes with the bundle, so a valid signature shows integrity; whose key it is, the reader must know from elsewhere.
import { createHash, createPublicKey, verify } from "node:crypto";
import { fieldsOf, list, textOf } from "./facts.ts";

export type Keys = ReadonlyMap<string, Buffer>;

/** keys.json of the bundle: keyid to SPKI DER. A key that is not the one its id names, or is weak, goes to `blame`. */
export function keysOf(value: unknown, blame: (problem: string) => void): Keys {
  const keys = new Map<string, Buffer>();
  for (const [keyid, encoded] of Object.entries(fieldsOf(fieldsOf(value)["keys"]))) {
    const der = bytesOf(encoded);
    if (der === null || keyid !== `SHA256:${createHash("sha256").update(der).digest("hex")}`) {
      blame("a key id is not the digest of its key");
    } else if (!isSoundKey(der)) blame("a key is no sound Ed25519 key");
    else keys.set(keyid, der);
  }
  return keys;
}

/** Bytes of base64 in its one canonical spelling, else null. */
function bytesOf(value: unknown): Buffer | null {
  const bytes = Buffer.from(textOf(value), "base64");
  return bytes.toString("base64") === value ? bytes : null;
}

const spkiHead = Buffer.from("302a300506032b6570032100", "hex");
/** y coordinates of the points of low order, little-endian: under such a key one signature holds for every message. */
const lowOrder = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/** RFC 8032: the y coordinate below 2^255 − 19, and no point of low order. */
function isSoundKey(der: Buffer): boolean {
  if (der.length !== 44 || !der.subarray(0, 12).equals(spkiHead)) return false;
  const y = Buffer.from(der.subarray(12));
  y[31] = (y[31] ?? 0) & 0x7f;
  const unreduced = y[31] === 0x7f && y.subarray(1, 31).every((byte) => byte === 0xff) && (y[0] ?? 0) >= 0xed;
  return !unreduced && !lowOrder.has(y.toString("hex"));
}

export interface Opened {
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly keyid: string;
}

/** Payload of an envelope that one of the keys signed, else null. */
export function openSigned(envelope: unknown, keys: Keys): Opened | null {
  const { payload, payloadType, signatures } = fieldsOf(envelope);
  const body = bytesOf(payload);
  const entries = list(signatures);
  const shaped =
    Object.keys(fieldsOf(envelope)).join() === "payload,payloadType,signatures" &&
    entries.every((entry) => Object.keys(fieldsOf(entry)).join() === "keyid,sig");
  if (body === null || !shaped) return null;
  for (const entry of entries) {
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
  const signature = bytesOf(signed.sig);
  if (der === undefined || signature?.length !== 64) return false;
  const type = Buffer.from(signed.type);
  const parts = ["DSSEv1 ", String(type.length), " ", signed.type, " ", String(signed.body.length), " "];
  const encoded = Buffer.concat([Buffer.from(parts.join("")), signed.body]);
  try {
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" && verify(null, encoded, key, signature);
  } catch {
    return false;
  }
}
