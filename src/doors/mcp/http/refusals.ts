// JSON-RPC errors as HTTP answers.

/** -32000 to -32099 belong to the server; the others are JSON-RPC's own. */
export function refuse(status: number, code: number, message: string, id: string | number | null = null): Response {
  return Response.json({ jsonrpc: "2.0", id, error: { code, message } }, { status });
}
