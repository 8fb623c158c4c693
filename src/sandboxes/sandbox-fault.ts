// The one translation of SDK errors into faults, by class and status. The server's sentence travels as a detail.
import type { FaultCode } from "../contracts/faults.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { redact } from "../host/log.ts";
import type { Sdk } from "./sdk.ts";

export interface Doing {
  /** Completes "Cannot …". */
  readonly what: string;
  readonly about: "create" | "sandbox" | "command" | "file" | "list" | "template";
  /** Longest wait for all of it, ms; default `askMs`. */
  readonly withinMs?: number;
  /** True when asking twice changes nothing that asking once does not: a question, an end. Default false. */
  readonly repeatable?: boolean;
  /** True for an end and the looks that belong to it: sent to a resting target, too, because what runs costs. Default false. */
  readonly ending?: boolean;
}

const hints: Partial<Record<FaultCode, string>> = {
  "auth.refused": "Check the key: E2B_API_KEY for the cloud; for the local server restart it",
  "sandbox.not-found": "List the sandboxes; it may have reached its end",
  "sandbox.template-unknown": "Use base, node or python, or a template of the target",
  "sandbox.quota": "Release a sandbox, or raise the quota of the target",
  "sandbox.rate-limited": "Wait, then try again",
  "sandbox.unsupported": "Leave out what this target cannot do",
  "sandbox.timeout": "Try again, or allow more time",
  "sandbox.gone": "Create another sandbox, with a longer life if it reached its end",
  "sandbox.create-failed": "Try again; nothing was left behind",
  "sandbox.file": "Check the path and what the sandbox's disk still holds",
  "target.unreachable": "Check that the target runs and can be reached",
  "target.failed": "Try again; the target's log says more",
  "usage.invalid": "Correct the argument and try again",
};

export function sandboxFault(sdk: Sdk, thrown: unknown, doing: Doing): SwarmError {
  if (thrown instanceof SwarmError) return thrown;
  const code = codeOf(sdk, thrown, doing);
  const reason = redact(thrown instanceof Error ? thrown.message : String(thrown)).slice(0, 500);
  const hint = hints[code];
  return new SwarmError(code, `Cannot ${doing.what}: ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: thrown,
    details: { reason },
  });
}

function codeOf(sdk: Sdk, thrown: unknown, doing: Doing): FaultCode {
  const message = thrown instanceof Error ? thrown.message : "";
  if (thrown instanceof sdk.AuthenticationError) return "auth.refused";
  if (thrown instanceof sdk.RateLimitError) {
    return /maximum number|concurrent|quota/i.test(message) ? "sandbox.quota" : "sandbox.rate-limited";
  }
  if (thrown instanceof sdk.ServiceBusyError)
    return doing.about === "create" ? "sandbox.create-failed" : "target.failed";
  if (thrown instanceof sdk.FileNotFoundError || thrown instanceof sdk.NotEnoughSpaceError) return "sandbox.file";
  if (thrown instanceof sdk.SandboxNotFoundError) return "sandbox.not-found";
  if (thrown instanceof sdk.NotFoundError) return doing.about === "file" ? "sandbox.file" : "sandbox.not-found";
  if (thrown instanceof sdk.InvalidArgumentError) return doing.about === "file" ? "sandbox.file" : "usage.invalid";
  if (thrown instanceof sdk.TimeoutError) return goneOrLate(message);
  if (thrown instanceof sdk.TemplateError) return "sandbox.template-unknown";
  if (thrown instanceof sdk.SandboxError) return ofStatus(thrown.statusCode, message, doing);
  if (doing.about === "template" && thrown instanceof sdk.BuildError) return "sandbox.unsupported";
  return ofTransport(thrown);
}

/** The SDK calls both a dead sandbox and a slow one TimeoutError; only its sentence tells them apart. */
function goneOrLate(message: string): FaultCode {
  const late = /'requestTimeoutMs'|'timeoutMs'|deadline_exceeded|\bcanceled\b/i.test(message);
  return late ? "sandbox.timeout" : "sandbox.gone";
}

function ofStatus(status: number | undefined, message: string, doing: Doing): FaultCode {
  const creating = doing.about === "create" || doing.about === "template";
  if (status === undefined) return /terminated|reset|closed|socket/i.test(message) ? "sandbox.gone" : "target.failed";
  if (status === 404 || (status === 403 && creating))
    return creating ? "sandbox.template-unknown" : "sandbox.not-found";
  if (status === 400) return creating && /template/i.test(message) ? "sandbox.template-unknown" : "usage.invalid";
  if (status === 409) return "sandbox.gone";
  if (status === 501) return "sandbox.unsupported";
  if (status === 507) return "local.disk-full";
  return creating ? "sandbox.create-failed" : "target.failed";
}

/** What never reached an answer: a refused connection, a name that does not resolve, our own deadline. */
function ofTransport(thrown: unknown): FaultCode {
  if (!(thrown instanceof Error)) return "internal";
  if (thrown.name === "TimeoutError" || thrown.name === "AbortError") return "sandbox.timeout";
  for (let cause: unknown = thrown, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ("code" in cause && /^(E[A-Z]+|UND_ERR_.*)$/.test(String(cause.code))) return "target.unreachable";
  }
  return /fetch failed|network|socket/i.test(thrown.message) ? "target.unreachable" : "target.failed";
}
