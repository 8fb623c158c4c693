// What validation, verification and simulation report. Rows of the closed list in `../faults.ts`.
import type { FaultRow } from "./fault-row.ts";

export const courtFaults = {
  "run.busy": {
    definite: true,
    retry: "after-delay",
    httpStatus: 409,
    exitCode: 1,
    doc: "Another validation run is measuring on this machine",
  },
  "run.shard-foreign": {
    definite: true,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "A shard belongs to another plan, or to none",
  },
  "run.shard-twice": {
    definite: true,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "A shard was given twice",
  },
  "evidence.missing": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "There is no evidence bundle in this folder",
  },
  "evidence.mismatch": {
    definite: true,
    retry: "never",
    httpStatus: 200,
    exitCode: 7,
    doc: "The evidence does not verify",
  },
  "evidence.invalid": {
    definite: true,
    retry: "never",
    httpStatus: 422,
    exitCode: 7,
    doc: "A record has no place in evidence: wrong type, range, or a secret",
  },
  "report.missing": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "There is no report to audit at this path",
  },
  "report.unfit": {
    definite: true,
    retry: "never",
    httpStatus: 422,
    exitCode: 2,
    doc: "The report cannot be audited: too large, too many figures, or no UTF-8 text",
  },
  "simulation.violated": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A simulated run broke a law of the swarm; the hint replays it",
  },
} as const satisfies Record<string, FaultRow>;
