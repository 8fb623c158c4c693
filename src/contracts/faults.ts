// The closed list of operating faults. HTTP status, MCP error, CLI exit code and docs/faults.md are read from these rows
// and from nowhere else. `definite` says whether the effect certainly did NOT happen when this fault is reported.
import { courtFaults } from "./faults/court.ts";
import type { FaultRow } from "./faults/fault-row.ts";
import { recordFaults } from "./faults/record.ts";
import { requestFaults } from "./faults/requests.ts";
import { runningFaults } from "./faults/running.ts";
import { tradingFaults } from "./faults/trading.ts";

export const faults = {
  ...requestFaults,
  ...runningFaults,
  ...recordFaults,
  ...tradingFaults,
  ...courtFaults,
} as const;

export type FaultCode = keyof typeof faults;

/** The row of a code; the only way the doors learn status and exit code. */
export function faultRow(code: FaultCode): FaultRow {
  return faults[code];
}
