// What a result rests on, in one hash: tape, code, configuration and figures, and which checks ran with which outcome. A check
// that was not run is said to be not run.
import { createHash } from "node:crypto";

/** `shown`: a run that is printed for the reader to compare, and cannot fail. */
export type CheckOutcome = "passed" | "failed" | "shown" | "not-run";

export interface Certificate {
  readonly sha256: string;
  readonly checks: { name: string; outcome: CheckOutcome }[];
}

export interface Certified {
  readonly tapeSha256: string;
  readonly code: string;
  readonly strategy: string;
  readonly params: Readonly<Record<string, number>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly checks: Certificate["checks"];
}

export function certify(of: Certified): Certificate {
  const sha256 = createHash("sha256")
    .update(JSON.stringify(sorted(of)))
    .digest("hex");
  return { sha256, checks: of.checks };
}

/** Keys in order, so that equal content has equal text. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
