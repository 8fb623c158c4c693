// Were symbols left out because of how they ended? A universe of today's members knows which ones survived, and a run on fewer
// symbols than were asked for chose among them.
import type { Passport } from "../../contracts/candles.ts";
import type { CheckOutcome } from "./certificate.ts";

/** `asked`: symbols of the request. Unknown origin is not run, never passed. */
export function checkUniverse(asked: readonly string[], passports: readonly Passport[]): CheckOutcome {
  const held = new Set(passports.map(({ symbol }) => symbol));
  if (asked.some((symbol) => !held.has(symbol))) return "failed";
  if (passports.some(({ survivorship }) => survivorship === "todays-members")) return "failed";
  return passports.some(({ survivorship }) => survivorship === "unknown") ? "not-run" : "passed";
}
