// One HTTP request to the broker: bounded in time and size, redirects refused, never repeated. An answer that cannot be read
// is told apart from no answer and from a refusal.
import { brokenBecause, readText } from "../../host/http-answer.ts";
import { withoutSecrets } from "../../host/without-secrets.ts";

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
    const text = await readText(response, maxAnswerBytes);
    if (text === null) return { kind: "unreadable", status, reason: "its answer is too long" };
    // A refusal is quoted, and what it says of an order is kept in the record.
    const said = status < 300 ? text : withoutSecrets(text, [options.keyId, options.secret]);
    const parsed: unknown = said === "" ? null : JSON.parse(said);
    return { kind: "answer", status, body: parsed };
  } catch (thrown) {
    return { kind: "unreadable", status, reason: reasonOf(thrown) };
  }
}

function reasonOf(thrown: unknown): string {
  if (thrown instanceof Error && thrown.name === "TimeoutError") return "no answer in time";
  return thrown instanceof SyntaxError ? "its answer is no JSON" : brokenBecause(thrown);
}
