// The ledger beside the reports: every attempt on every subject. Looks are counted, because looking again until it passes is
// not evidence (reference "measurement", section 5.6).
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../../src/host/durable-file.ts";
import { isRecord } from "../../src/contracts/json.ts";
import { isLedgerRow, type LedgerRow } from "./plan-run.ts";

const file = "ledger.json";
const mostRows = 1_000;

/** Earlier attempts on this subject, oldest first. An unreadable ledger counts as none only when it does not exist. */
export function readLedger(out: string, subject: string): readonly LedgerRow[] {
  return readAll(out).filter((row) => row.subject === subject);
}

export function appendLedger(out: string, row: LedgerRow): void {
  const attempts = [...readAll(out), row].slice(-mostRows);
  replaceFile(join(out, file), `${JSON.stringify({ schema: "ledger/1", attempts }, null, 1)}\n`);
}

function readAll(out: string): readonly LedgerRow[] {
  const path = join(out, file);
  if (!existsSync(path)) return [];
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  const attempts: unknown[] = isRecord(value) && Array.isArray(value.attempts) ? value.attempts : [];
  return attempts.filter((row) => isLedgerRow(row));
}
