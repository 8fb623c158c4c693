// Between node:http and the web's Request and Response, which the MCP SDK speaks. Bodies in are bounded and read whole; bodies
// out are streamed with the reader's speed, and a reader that leaves ends what produces them.
import type { IncomingMessage, ServerResponse } from "node:http";

/** The request without its body. `signal` tells that the caller hung up. Null when its target is no path of ours. */
export function headOf(incoming: IncomingMessage, signal: AbortSignal): Request | null {
  const headers = new Headers();
  for (let at = 0; at + 1 < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? "", incoming.rawHeaders[at + 1] ?? "");
  }
  const target = incoming.url ?? "/";
  if (!target.startsWith("/") || !URL.canParse(target, "http://localhost")) return null;
  return new Request(new URL(target, "http://localhost"), { method: incoming.method ?? "GET", headers, signal });
}

/** The body as text, or null once it is larger than `limitBytes`; what is declared too large is not read at all. */
export async function readBody(incoming: IncomingMessage, limitBytes: number): Promise<string | null> {
  if (Number(incoming.headers["content-length"] ?? 0) > limitBytes) return null;
  const chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    held += chunk.length;
    if (held > limitBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Writes the response; resolves when it is written or the reader has gone. */
export async function sendResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (response.body === null) {
    outgoing.end();
    return;
  }
  // A stream's reader must learn at once that it was accepted, before its first event.
  outgoing.flushHeaders();
  const reader = response.body.getReader();
  const gone = new Promise<"gone">((resolve) => outgoing.once("close", () => resolve("gone")));
  for (;;) {
    const step = await Promise.race([reader.read().catch(() => "broken" as const), gone]);
    if (step === "broken") {
      // Its reader must see that it broke off: an orderly end would make it whole.
      outgoing.destroy();
      return;
    }
    if (step === "gone") {
      await reader.cancel().catch(() => undefined);
      return;
    }
    if (step.done) break;
    if (!outgoing.write(step.value)) await Promise.race([drained(outgoing), gone]);
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => outgoing.once("drain", resolve));
}
