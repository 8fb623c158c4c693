// The one JSON document a command prints under --json, whether it worked or not. What looks like a key never gets in.
import type { SwarmError } from "../../contracts/swarm-error.ts";
import { redact } from "../../host/log.ts";

export interface EnvelopeMeta {
  readonly run_id: string;
  readonly duration_ms: number;
  /** null when the command ended before a target was chosen. */
  readonly target: "local" | "cloud" | null;
  readonly isolation: string | null;
}

export interface EnvelopeError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable: boolean;
}

/** `data` on success, `error` on failure, both when only a part worked. */
export interface Envelope {
  readonly schema: "e2b-swarm/cli/1";
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: EnvelopeError;
  readonly meta: EnvelopeMeta;
}

export function envelope(meta: EnvelopeMeta, data: unknown, failure: SwarmError | null): Envelope {
  return {
    schema: "e2b-swarm/cli/1",
    ok: failure === null,
    ...(data === undefined ? {} : { data }),
    ...(failure === null ? {} : { error: envelopeError(failure) }),
    meta,
  };
}

function envelopeError(failure: SwarmError): EnvelopeError {
  return {
    code: failure.code,
    message: redact(failure.message),
    hint: failure.hint === undefined ? null : redact(failure.hint),
    retryable: failure.row.retry !== "never",
  };
}
