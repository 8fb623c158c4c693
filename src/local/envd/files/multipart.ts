// Streaming multipart/form-data: a part's content flows to its reader while the next boundary is searched for.
// Never more than one chunk plus one boundary is held in memory.
import { PassThrough, type Readable } from "node:stream";
import { rpcError } from "../rpc-error.ts";

export interface Part {
  readonly name: string;
  readonly fileName: string | undefined;
}

const maxHeaderBytes = 16_384;
const maxParts = 10_000;
const headerEnd = Buffer.from("\r\n\r\n");

type Place =
  | { readonly kind: "headers" }
  | { readonly kind: "content"; readonly sink: PassThrough; readonly done: Promise<void> }
  | { readonly kind: "end" };

/** Calls `take` for each part; the part's content ends before the next call. */
export async function eachPart(
  body: Readable,
  boundary: string,
  take: (part: Part, content: Readable) => Promise<void>,
): Promise<void> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first boundary has no line break before it; lending it one makes all boundaries alike.
  let held = Buffer.from("\r\n");
  let place: Place = { kind: "content", sink: new PassThrough().resume(), done: Promise.resolve() };
  let parts = 0;
  const step = async (): Promise<boolean> => {
    if (place.kind === "end") return false;
    if (place.kind === "headers") {
      if (held.length >= 2 && held.subarray(0, 2).toString("latin1") === "--") {
        place = { kind: "end" };
        return false;
      }
      const at = held.indexOf(headerEnd);
      if (at === -1 && held.length > maxHeaderBytes) throw rpcError("invalid_argument", "a part's header is too large");
      if (at === -1) return false;
      if (++parts > maxParts) throw rpcError("invalid_argument", `more than ${maxParts} parts`);
      const sink = new PassThrough();
      // A part that nobody reads to its end must not take the agent with it.
      sink.on("error", () => undefined);
      const done = take(parseHeader(held.subarray(0, at).toString("utf8")), sink);
      done.catch((cause: Error) => sink.destroy(cause));
      place = { kind: "content", sink, done };
      held = held.subarray(at + headerEnd.length);
      return true;
    }
    const at = held.indexOf(delimiter);
    const safe = at === -1 ? Math.max(0, held.length - delimiter.length) : at;
    await push(place, held.subarray(0, safe));
    held = held.subarray(at === -1 ? safe : at + delimiter.length);
    if (at === -1) return false;
    place.sink.end();
    await place.done;
    place = { kind: "headers" };
    return true;
  };
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      held = Buffer.concat([held, chunk]);
      while (await step());
    }
    while (await step());
    if (isEnd(place)) return;
    throw rpcError("invalid_argument", "the multipart body ends before its last boundary");
  } catch (cause) {
    // Whoever reads the unfinished part must not wait for ever.
    giveUp(place, cause);
    throw cause;
  }
}

function isEnd(place: Place): boolean {
  return place.kind === "end";
}

function giveUp(place: Place, cause: unknown): void {
  if (place.kind === "content") place.sink.destroy(cause instanceof Error ? cause : new Error(String(cause)));
}

async function push(place: Extract<Place, { kind: "content" }>, bytes: Buffer): Promise<void> {
  if (bytes.length === 0) return;
  if (place.sink.destroyed) return place.done;
  if (place.sink.write(bytes)) return;
  await Promise.race([new Promise((resolve) => place.sink.once("drain", resolve)), place.done]);
}

function parseHeader(text: string): Part {
  const line = text.split("\r\n").find((item) => /^content-disposition:/i.test(item)) ?? "";
  return { name: parameter(line, "name") ?? "", fileName: parameter(line, "filename") };
}

/** Browsers and undici escape quotes and line breaks as %22, %0D and %0A. */
function parameter(line: string, name: string): string | undefined {
  const match = new RegExp(`[;\\s]${name}="((?:[^"\\\\]|\\\\.)*)"`, "i").exec(line);
  return match?.[1]?.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll(/\\(.)/g, "$1");
}
