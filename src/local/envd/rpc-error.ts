// The Connect error table. An RPC failure is an Error that carries its code; anything else is `internal`.

export const rpcStatus = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
} as const satisfies Record<string, number>;

export type RpcCode = keyof typeof rpcStatus;
export interface RpcProblem {
  readonly code: RpcCode;
  readonly message: string;
}
type RpcError = Error & { readonly rpcCode: RpcCode };

export function rpcError(code: RpcCode, message: string): RpcError {
  return Object.assign(new Error(message), { rpcCode: code });
}

/** What goes on the wire for a thrown value. */
export function toProblem(thrown: unknown): RpcProblem {
  if (!(thrown instanceof Error)) return { code: "internal", message: String(thrown) };
  if (isRpcError(thrown)) return { code: thrown.rpcCode, message: thrown.message };
  return { code: "internal", message: thrown.message };
}

function isRpcError(error: Error): error is RpcError {
  return "rpcCode" in error;
}
