// The published limits on the raw samples of the benchmark, with the exact bound: sorted here, the rank from the binomial
// law in whole numbers, so that certify's own arithmetic is not asked.
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { benchRows } from "../../harness/claims/bench-rows.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { check } from "../check.ts";
import { seeInstrument } from "./instrument.ts";
import { upperBound } from "./upper-bound.ts";

check("production.sla", async ({ see, evidence, folder, nonce }) => {
  await seeInstrument({ see, folder, nonce });
  for (const { metric, title, limitNs } of benchRows) {
    if (limitNs === null) continue;
    const values = responses(join(evidence, "samples/bench", `${metric}.ndjson`));
    await see(`${title}: enough samples for a P95 at 95 %`, true, () => values.length >= 59);
    await see(
      `${title}: the upper bound of P95 is below the published limit`,
      true,
      () => upperBound(values, 0.95, 0.95) < limitNs,
    );
  }
});

/** Response times of the measure phase, ascending; whatever failed or was dropped counts as endless. */
function responses(path: string): readonly number[] {
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return rows
    .map((row): unknown => JSON.parse(row))
    .flatMap((row) => (isRecord(row) && row.ph === "measure" ? [row] : []))
    .map((row) => (row.out === "ok" ? Number(row.st) + Number(row.dur) - Number(row.sch) : Number.POSITIVE_INFINITY))
    .sort((a, b) => a - b);
}
