// The one class of operating errors. Programmer errors go through `invariant`; whatever a caller is expected to branch on
// (a refused trade, a missing entry) is a value and never comes here.
import type { FaultRow } from "./faults/fault-row.ts";
import { faultRow, type FaultCode } from "./faults.ts";

export interface SwarmErrorOptions {
  /** The next thing to do, naming the option that changes the outcome. Never a secret. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Small JSON values for machines; never a whole payload. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export class SwarmError extends Error {
  override readonly name = "SwarmError";
  readonly code: FaultCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(code: FaultCode, message: string, options: SwarmErrorOptions = {}) {
    super(`[${code}] ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  get row(): FaultRow {
    return faultRow(this.code);
  }

  /** The one catch-all: an error of ours passes through, anything else becomes `internal` with its cause kept. */
  static from(thrown: unknown): SwarmError {
    if (thrown instanceof SwarmError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new SwarmError("internal", message, { cause: thrown });
  }
}
