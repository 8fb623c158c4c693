// Ids: readable prefix, lower-case base-32 body, 80 random bits. Never a time stamp, so two in one millisecond differ.
import type { Random } from "./random.ts";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** `run_4h6k…` (prefix, underscore, 16 characters). */
export function makeId(prefix: string, random: Random): string {
  const bytes = random.bytes(16);
  let body = "";
  for (const byte of bytes) body += alphabet[byte & 31];
  return `${prefix}_${body}`;
}
