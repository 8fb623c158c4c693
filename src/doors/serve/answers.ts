// Forms of answers, with the headers every one of them carries: nothing from elsewhere runs in or around our pages, nothing is kept.
import { redact } from "../../host/log.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";

export const guardHeaders = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not no-referrer: a browser then sends our own forms with the origin "null", and who logs in is refused as a stranger.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
} as const;

export function answer(
  status: number,
  type: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { status, headers: { ...guardHeaders, "content-type": type, ...more } });
}

export function html(status: number, body: string, more: Readonly<Record<string, string>> = {}): Response {
  return answer(status, "text/html; charset=utf-8", body, more);
}

export function json(status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Response {
  return answer(status, "application/json", `${JSON.stringify(value)}\n`, more);
}

export function problem(
  status: number,
  code: string,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return json(status, { error: { code, message } }, more);
}

export function failed(thrown: unknown): Response {
  const { code, message, hint, row } = SwarmError.from(thrown);
  const status = row.httpStatus >= 400 ? row.httpStatus : 500;
  return json(status, { error: { code, message: redact(message), hint: hint === undefined ? null : redact(hint) } });
}

export function elsewhere(location: string, cookie: string): Response {
  return new Response(null, { status: 303, headers: { ...guardHeaders, location, "set-cookie": cookie } });
}
