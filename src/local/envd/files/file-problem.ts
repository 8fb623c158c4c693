// Failures of the plain file routes: an Error that carries its HTTP status. What the system says becomes 500 with its own
// words, except that a full disk is 507.
import { toProblem } from "../rpc-error.ts";

type HttpProblem = Error & { readonly httpStatus: number };

export function httpProblem(status: number, message: string): HttpProblem {
  return Object.assign(new Error(message), { httpStatus: status });
}

/** No space, no quota, or the limit that the host sets on files of a sandbox which holds more than its share. */
export function isDiskFull(cause: unknown): cause is Error {
  return isSystemError(cause, "ENOSPC", "EDQUOT", "EFBIG");
}

export function isSystemError(cause: unknown, ...codes: readonly string[]): cause is Error {
  return cause instanceof Error && "code" in cause && codes.includes(String(cause.code));
}

/** Puts what was being done before what went wrong. */
export async function doing<T>(what: string, work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    if (cause instanceof Error && "httpStatus" in cause) throw cause;
    const text = cause instanceof Error ? cause.message : String(cause);
    throw httpProblem(isDiskFull(cause) ? 507 : 500, `${what}: ${text}`);
  });
}

const statusOfRpc: Readonly<Record<string, number>> = {
  invalid_argument: 400,
  unauthenticated: 401,
  not_found: 404,
  unimplemented: 501,
};

export function describeProblem(thrown: unknown): { readonly status: number; readonly message: string } {
  if (thrown instanceof Error && "httpStatus" in thrown && typeof thrown.httpStatus === "number") {
    return { status: thrown.httpStatus, message: thrown.message };
  }
  const { code, message } = toProblem(thrown);
  return { status: statusOfRpc[code] ?? 500, message };
}
