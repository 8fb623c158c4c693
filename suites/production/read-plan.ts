// The registered plan of the run that is going on.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plan } from "../../harness/claims/plan.ts";
import { isRecord } from "../../src/contracts/json.ts";

export function readPlan(evidence: string): Plan {
  const value: unknown = JSON.parse(readFileSync(join(evidence, "plan.json"), "utf8"));
  if (!isPlan(value)) throw new Error("Invariant broken: the run registered its plan");
  return value;
}

function isPlan(value: unknown): value is Plan {
  return isRecord(value) && value.schema === "plan/1" && Array.isArray(value.claims);
}
