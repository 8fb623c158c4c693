// The closed list of operating faults. HTTP status, MCP error, CLI exit code and docs/faults.md are read from these rows
// and from nowhere else. `definite` says whether the effect certainly did NOT happen when this fault is reported.

export interface FaultRow {
  readonly definite: boolean;
  readonly retry: "never" | "same-input" | "after-delay";
  readonly httpStatus: number;
  /** 1 failed, 2 usage, 4 authentication, 5 not found, 6 incomplete, 7 evidence does not verify, 130 interrupted. */
  readonly exitCode: 1 | 2 | 4 | 5 | 6 | 7 | 130;
  readonly doc: string;
}

export const faults = {
  "usage.invalid": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "An argument has the wrong type, range or name",
  },
  "usage.confirm": {
    definite: true,
    retry: "never",
    httpStatus: 400,
    exitCode: 2,
    doc: "A destructive command was not confirmed",
  },
  "auth.missing": {
    definite: true,
    retry: "never",
    httpStatus: 401,
    exitCode: 4,
    doc: "The cloud target needs a key and none is set",
  },
  "auth.refused": { definite: true, retry: "never", httpStatus: 401, exitCode: 4, doc: "The target refused the key" },
  "sandbox.not-found": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "No sandbox with this id is known to the target",
  },
  "sandbox.template-unknown": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "The target has no template of this name",
  },
  "sandbox.quota": {
    definite: true,
    retry: "after-delay",
    httpStatus: 429,
    exitCode: 1,
    doc: "The allowed number of sandboxes is already running",
  },
  "sandbox.rate-limited": {
    definite: true,
    retry: "after-delay",
    httpStatus: 429,
    exitCode: 1,
    doc: "The target asked for fewer requests",
  },
  "sandbox.create-failed": {
    definite: true,
    retry: "same-input",
    httpStatus: 502,
    exitCode: 1,
    doc: "The target could not start a sandbox; whatever was started has been removed",
  },
  "sandbox.gone": {
    definite: false,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "The sandbox ended while it was in use",
  },
  "sandbox.timeout": {
    definite: false,
    retry: "never",
    httpStatus: 504,
    exitCode: 1,
    doc: "The command or request did not end in time",
  },
  "sandbox.unsupported": {
    definite: true,
    retry: "never",
    httpStatus: 501,
    exitCode: 1,
    doc: "This target cannot do what was asked",
  },
  "sandbox.file": {
    definite: false,
    retry: "never",
    httpStatus: 404,
    exitCode: 1,
    doc: "A file of the sandbox could not be read or written",
  },
  "target.unreachable": {
    definite: false,
    retry: "after-delay",
    httpStatus: 503,
    exitCode: 1,
    doc: "The target did not answer",
  },
  "target.failed": {
    definite: false,
    retry: "after-delay",
    httpStatus: 502,
    exitCode: 1,
    doc: "The target answered with an error of its own",
  },
  "local.isolation": {
    definite: true,
    retry: "never",
    httpStatus: 501,
    exitCode: 1,
    doc: "The isolation asked for is not available on this machine",
  },
  "local.port": {
    definite: true,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "The local server's port is taken by another program",
  },
  "local.start": {
    definite: true,
    retry: "same-input",
    httpStatus: 503,
    exitCode: 1,
    doc: "The local server did not start",
  },
  "local.version": {
    definite: true,
    retry: "never",
    httpStatus: 409,
    exitCode: 1,
    doc: "A local server of another version or isolation is running",
  },
  "local.disk-full": {
    definite: true,
    retry: "after-delay",
    httpStatus: 507,
    exitCode: 1,
    doc: "The disk that holds the sandboxes is full",
  },
  "agent.frame": {
    definite: false,
    retry: "never",
    httpStatus: 502,
    exitCode: 1,
    doc: "An agent sent a frame that is too large, is no JSON, breaks the schema or is not signed by it",
  },
  "agent.exited": {
    definite: false,
    retry: "same-input",
    httpStatus: 502,
    exitCode: 1,
    doc: "An agent program ended before it answered",
  },
  "agent.timeout": {
    definite: false,
    retry: "same-input",
    httpStatus: 504,
    exitCode: 1,
    doc: "An agent did not answer in time",
  },
  "agent.not-found": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "No agent with this id is known",
  },
  "memory.conflict": {
    definite: true,
    retry: "after-delay",
    httpStatus: 409,
    exitCode: 1,
    doc: "Another writer changed the entry first",
  },
  "memory.too-large": {
    definite: true,
    retry: "never",
    httpStatus: 413,
    exitCode: 1,
    doc: "The value is larger than the store accepts",
  },
  "memory.corrupt": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A stored value does not match its digest",
  },
  "memory.unavailable": {
    definite: false,
    retry: "after-delay",
    httpStatus: 503,
    exitCode: 1,
    doc: "The record could not be opened or written",
  },
  "market.symbol": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "No installed series holds this symbol",
  },
  "market.range": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "The series does not cover the dates asked for",
  },
  "market.data": {
    definite: true,
    retry: "never",
    httpStatus: 422,
    exitCode: 1,
    doc: "Price data is malformed, out of order or altered",
  },
  "strategy.unknown": {
    definite: true,
    retry: "never",
    httpStatus: 404,
    exitCode: 5,
    doc: "No strategy of this name exists",
  },
  "portfolio.unbalanced": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A ledger entry does not sum to zero",
  },
  "budget.exceeded": {
    definite: true,
    retry: "never",
    httpStatus: 402,
    exitCode: 1,
    doc: "The plan or the meter is above the budget",
  },
  "state.unwritable": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A folder or file of the state cannot be written",
  },
  "state.corrupt": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "The state file is not readable as state; it is kept as it is",
  },
  "state.newer": {
    definite: true,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "The state file was written by a newer version; it is kept as it is",
  },
  "state.locked": {
    definite: true,
    retry: "after-delay",
    httpStatus: 409,
    exitCode: 1,
    doc: "Another process holds the lock",
  },
  "run.busy": {
    definite: true,
    retry: "after-delay",
    httpStatus: 409,
    exitCode: 1,
    doc: "Another validation run is measuring on this machine",
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
  cancelled: {
    definite: false,
    retry: "same-input",
    httpStatus: 499,
    exitCode: 130,
    doc: "The caller stopped the operation",
  },
  internal: {
    definite: false,
    retry: "never",
    httpStatus: 500,
    exitCode: 1,
    doc: "A defect of this program",
  },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

/** The row of a code; the only way the doors learn status and exit code. */
export function faultRow(code: FaultCode): FaultRow {
  return faults[code];
}
