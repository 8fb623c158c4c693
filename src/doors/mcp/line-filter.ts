// Strict JSON-RPC in front of the SDK's stdio transport, which drops malformed lines, invalid requests and batches without a
// word. Bad lines are answered here and never forwarded; good ones pass unchanged; the connection stays up either way.
import { Transform } from "node:stream";
import { isRecord } from "../../contracts/json.ts";
import { openLineReader } from "../../contracts/line-reader.ts";

/** Longest accepted line. Well below the 10 MB at which the SDK would close the stream. */
export const maximumLineBytes = 4 * 1024 * 1024;

const parseError = -32_700;
const invalidRequest = -32_600;

export type LineVerdict =
  | { readonly kind: "forward"; readonly message: Readonly<Record<string, unknown>> }
  | { readonly kind: "ignore" }
  | { readonly kind: "answer"; readonly reply: string };

export interface JudgedLine {
  readonly text: string;
  readonly verdict: LineVerdict;
}

/** Reads bytes, judges the lines that end in them; the text of a forwarded line is without its line end. */
export function lineJudge(limitBytes = maximumLineBytes): (bytes: Uint8Array) => readonly JudgedLine[] {
  const reader = openLineReader(limitBytes);
  return (bytes) =>
    reader.push(bytes).map((line) => {
      if (line.kind === "too-long") return { text: "", verdict: tooLong(limitBytes) };
      const text = line.text.replace(/\r$/, "");
      return { text, verdict: judgeLine(text) };
    });
}

/** A stream of whole, valid JSON-RPC lines; `answer` receives the reply line for every other one. */
export function lineFilter(answer: (line: string) => void, limitBytes = maximumLineBytes): Transform {
  const judge = lineJudge(limitBytes);
  const take = (stream: Transform, bytes: Uint8Array): void => {
    for (const { text, verdict } of judge(bytes)) {
      if (verdict.kind === "forward") stream.push(`${text}\n`);
      if (verdict.kind === "answer") answer(verdict.reply);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      take(this, chunk);
      done();
    },
    flush(done) {
      // The last line counts even when its sender went away before ending it.
      take(this, Buffer.from("\n"));
      done();
    },
  });
}

/** What is to become of one line without its line end. */
export function judgeLine(line: string): LineVerdict {
  if (line.trim() === "") return { kind: "ignore" };
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return refusal(parseError, "Parse error: the line is not JSON", null);
  }
  if (Array.isArray(message)) {
    return refusal(invalidRequest, "Invalid request: batches are not served, send one message at a time", null);
  }
  if (!isRecord(message)) return refusal(invalidRequest, "Invalid request: a message is a JSON object", null);
  const problem = problemOf(message);
  if (problem === null) return { kind: "forward", message };
  return refusal(invalidRequest, `Invalid request: ${problem}`, message);
}

function problemOf(message: Readonly<Record<string, unknown>>): string | null {
  if (message.jsonrpc !== "2.0") return '"jsonrpc" must be "2.0"';
  if ("id" in message && !isId(message.id)) return '"id" must be a string or an integer';
  if (!("method" in message)) return problemOfResponse(message);
  if (typeof message.method !== "string") return '"method" must be a string';
  if ("params" in message && !isRecord(message.params)) return '"params" must be an object';
  return null;
}

function problemOfResponse(message: Readonly<Record<string, unknown>>): string | null {
  if ("result" in message === "error" in message) return '"method" is missing';
  return "id" in message ? null : "a response needs the id of its request";
}

function isId(value: unknown): value is string | number {
  return typeof value === "string" || Number.isInteger(value);
}

function refusal(code: number, text: string, message: unknown): LineVerdict {
  const id = isRecord(message) && isId(message.id) ? message.id : null;
  return { kind: "answer", reply: JSON.stringify({ jsonrpc: "2.0", id, error: { code, message: text } }) };
}

function tooLong(limitBytes: number): LineVerdict {
  return refusal(invalidRequest, `Invalid request: the line is longer than ${limitBytes} bytes`, null);
}
