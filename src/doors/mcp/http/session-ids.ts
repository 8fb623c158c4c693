// Session ids that prove themselves: a random part and a MAC over it and the caller's name. A forged id, or one of another
// caller, is refused without looking at any file.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Random } from "../../../host/random.ts";

const macLength = 22;

/** `<32 hex digits>.<22 characters of MAC>`. */
export function makeSessionId(key: Buffer, subject: string, random: Random): string {
  const name = random.bytes(16).toString("hex");
  return `${name}.${macOf(key, subject, name)}`;
}

/** The random part of an id made with this key for this subject; null for every other text. */
export function sessionName(key: Buffer, subject: string, id: string): string | null {
  const match = /^([0-9a-f]{32})\.([\w-]{22})$/.exec(id);
  const [, name = "", mac = ""] = match ?? [];
  if (match === null) return null;
  return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(key, subject, name))) ? name : null;
}

function macOf(key: Buffer, subject: string, name: string): string {
  return createHmac("sha256", key).update(`session\0${name}\0${subject}`).digest("base64url").slice(0, macLength);
}
