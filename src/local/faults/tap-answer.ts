// Listens to the answer of one call as it is written, and can stop it: before its first byte, or after so many bytes of its
// body. What was answered tells whether the effect happened, because an endpoint answers only when it is done.
import type { FaultHit } from "../../contracts/fault-plan.ts";
import type { FaultCall } from "./fault-call.ts";

export type Effect = FaultHit["effect"];

export interface Seen {
  readonly effect: Effect;
  /** Bytes of the body handed to the connection. */
  readonly bytes: number;
  readonly cut: boolean;
}

export interface Tap {
  /** Body bytes that may pass; 0 lets nothing out, not even the head. Null never cuts. */
  readonly cutAfter: number | null;
  /** Called once, when those bytes are on their way; the caller breaks or kills. */
  readonly onCut?: () => void;
  /** The response is over, however it ended. */
  readonly onClose: (seen: Seen) => void;
}

const errorEnvelope = 2;

export function tapAnswer(call: FaultCall, tap: Tap): void {
  const { response, isStream } = call;
  const seen: { effect: Effect; bytes: number; cut: boolean } = { effect: "unknown", bytes: 0, cut: false };
  const withholds = tap.cutAfter === 0;
  const cut = (): void => {
    if (seen.cut) return;
    seen.cut = true;
    tap.onCut?.();
  };
  const learnFromHead = (status: unknown): void => {
    if (isStream && status === 200) return;
    seen.effect = effectOf(typeof status === "number" ? status : 0);
    if (withholds) cut();
  };
  const learnFromBody = (chunk: Buffer): void => {
    if (seen.bytes > 0 || seen.effect !== "unknown" || !isStream) return;
    seen.effect = ((chunk[0] ?? 0) & errorEnvelope) === 0 ? "happened" : "did-not-happen";
    if (withholds) cut();
  };
  replace(response, "writeHead", (original) => (...args) => {
    learnFromHead(args[0]);
    if (!withholds) original(...args);
    return response;
  });
  replace(response, "flushHeaders", (original) => () => (withholds ? undefined : original()));
  const write = (original: Call, chunk: Buffer, done: () => void): unknown => {
    if (seen.cut) return true;
    if (chunk.length > 0) learnFromBody(chunk);
    const room = tap.cutAfter === null ? Infinity : tap.cutAfter - seen.bytes;
    if (chunk.length < room) {
      seen.bytes += chunk.length;
      return original(chunk, done);
    }
    if (withholds) return true;
    seen.bytes += room;
    seen.cut = true;
    return original(chunk.subarray(0, room), () => tap.onCut?.());
  };
  let plainWrite: Call = () => true;
  replace(response, "write", (original) => {
    plainWrite = original;
    return (...args) => write(original, bytesOf(args), callbackOf(args));
  });
  replace(response, "end", (original) => (...args) => {
    const chunk = bytesOf(args);
    if (chunk.length > 0) write(plainWrite, chunk, () => undefined);
    if (withholds) cut();
    else if (!seen.cut) original(callbackOf(args));
    return response;
  });
  response.once("close", () => tap.onClose(seen));
}

/** 4xx: refused before anything was done. 5xx: nobody knows. */
export function effectOf(status: number): Effect {
  if (status >= 200 && status < 400) return "happened";
  return status >= 400 && status < 500 ? "did-not-happen" : "unknown";
}

type Call = (...args: unknown[]) => unknown;

function replace(target: object, name: string, make: (original: Call) => Call): void {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== "function") return;
  Reflect.set(
    target,
    name,
    make((...args) => Reflect.apply(method, target, args)),
  );
}

/** Bodies of this server are buffers or UTF-8 text. */
function bytesOf([chunk]: readonly unknown[]): Buffer {
  if (typeof chunk === "string") return Buffer.from(chunk);
  return chunk instanceof Uint8Array ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : Buffer.alloc(0);
}

function callbackOf(args: readonly unknown[]): () => void {
  const last = args.at(-1);
  return typeof last === "function" ? () => void Reflect.apply(last, undefined, []) : () => undefined;
}
