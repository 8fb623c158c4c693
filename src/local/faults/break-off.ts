// Breaks a connection the way a dead server does. On HTTP/2 only a reset with INTERNAL_ERROR reads as broken: CANCEL counts
// as a clean end.
import type { ServerResponse } from "node:http";
import { isRecord } from "../../contracts/json.ts";

const internalError = 2;

export function breakOff(response: ServerResponse): void {
  const stream: unknown = Reflect.get(response, "stream");
  const close: unknown = isRecord(stream) ? stream.close : undefined;
  if (typeof close === "function") Reflect.apply(close, stream, [internalError]);
  else response.destroy();
}
