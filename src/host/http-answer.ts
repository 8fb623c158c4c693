// What came of a request over HTTP: its body, bounded, and why there is none.

/** The body as text; null when it has more than `maxBytes`, the rest is then not read. */
export async function readText(response: Response, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return "";
  for await (const chunk of response.body) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** `fetch failed` says nothing; its cause has the system's word. */
export function brokenBecause(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (!(cause instanceof Error)) return "the connection broke";
  if (/redirect/.test(cause.message)) return "it redirects, and redirects are not followed";
  return "code" in cause && typeof cause.code === "string" ? cause.code : "the connection broke";
}
