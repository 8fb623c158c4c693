// The digest of prices that came from no file: over the bytes of their columns, little-endian float64, in the order of Candles.
import { createHash } from "node:crypto";
import type { Candles } from "../contracts/candles.ts";

/** sha256, lower-case hex. */
export function digestCandles({ t, open, high, low, close, volume }: Candles): string {
  const hash = createHash("sha256");
  for (const { buffer, byteOffset, byteLength } of [t, open, high, low, close, volume]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
