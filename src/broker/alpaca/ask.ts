// One HTTP request to the broker: bounded in time and size, redirects refused, never repeated. An answer that cannot be read
// is told apart from no answer and from a refusal.
export interface AskOptions {
  readonly baseUrl: string;
  readonly keyId: string;
  readonly secret: string;
  /** Whole request with its body, ms. */
  readonly timeoutMs: number;
}

export type Answer =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown }
  | { readonly kind: "unreadable"; readonly status: number; readonly reason: string }
  | { readonly kind: "silence"; readonly reason: string };

const maxAnswerBytes = 8 * 1_048_576;

export async function ask(options: AskOptions, method: string, path: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(`${options.baseUrl}${path}`, {
      method,
      headers: {
        "apca-api-key-id": options.keyId,
        "apca-api-secret-key": options.secret,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      redirect: "error",
      signal: AbortSignal.timeout(options.timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (thrown) {
    return { kind: "silence", reason: reasonOf(thrown) };
  }
  const { status } = response;
  try {
    const text = await readBody(response);
    if (text === null) return { kind: "unreadable", status, reason: "its answer is too long" };
    const parsed: unknown = text === "" ? null : JSON.parse(text);
    return { kind: "answer", status, body: parsed };
  } catch (thrown) {
    return { kind: "unreadable", status, reason: reasonOf(thrown) };
  }
}

async function readBody(response: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return "";
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxAnswerBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "the request failed";
  if (thrown.name === "TimeoutError") return "no answer in time";
  if (thrown instanceof SyntaxError) return "its answer is no JSON";
  const { cause } = thrown;
  return cause instanceof Error && "code" in cause ? String(cause.code) : "the connection broke";
}
