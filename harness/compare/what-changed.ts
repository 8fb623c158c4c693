// What is different between two runs besides what was measured: environment, build, plan, prices. Pure.
import type { Fingerprint } from "../evidence/env.ts";
import type { JudgedBundle } from "../report/run-document-of.ts";

export interface Change {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** The machine and its runtime: where one of these differs, two runs cannot be compared. */
export const fingerprintFields = [
  "cpuModel",
  "cpuCores",
  "cpusAllowed",
  "memoryMiB",
  "platform",
  "arch",
  "kernel",
  "node",
] as const satisfies readonly (keyof Fingerprint)[];

const buildFields = ["package", "e2bSdk", "commit", "dirty", "lockfileSha256"] as const;
const planFields = [
  "target",
  "isolation",
  "provenance",
  "seed",
  "attempt",
  "exclusions",
  "lateness",
  "stopping",
] as const;

export function differences(before: JudgedBundle, after: JudgedBundle): readonly Change[] {
  const rows: (readonly [string, unknown, unknown])[] = [
    ...fingerprintFields.map(
      (field) => [`environment ${field}`, before.fingerprint[field], after.fingerprint[field]] as const,
    ),
    ...buildFields.map((field) => [`build ${field}`, before.fingerprint[field], after.fingerprint[field]] as const),
    ...planFields.map((field) => [`plan ${field}`, before.plan[field], after.plan[field]] as const),
    ["price list", priceList(before), priceList(after)],
    ...claimRows(before, after),
  ];
  return rows
    .map(([what, a, b]) => ({ what, before: shown(a), after: shown(b) }))
    .filter((row) => row.before !== row.after);
}

function priceList({ plan }: JudgedBundle): string {
  return plan.priceList === null ? "none" : `${plan.priceList.id} of ${plan.priceList.date}, ${plan.priceList.sha256}`;
}

/** Claims that were planned on one side only, or otherwise. */
function claimRows(before: JudgedBundle, after: JudgedBundle): readonly (readonly [string, string, string])[] {
  const [a, b] = [before, after].map(
    ({ plan }) => new Map(plan.claims.map((claim) => [claim.id, JSON.stringify(claim)])),
  );
  const ids = [...new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])])].sort();
  return ids.map((id) => [`claim ${id}`, a?.get(id) ?? "not planned", b?.get(id) ?? "not planned"] as const);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "unknown");
}
