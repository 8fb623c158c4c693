// HTTP requests of this process, as its client tells of them itself.
import { subscribe, unsubscribe } from "node:diagnostics_channel";

export interface CallCounter {
  count(): number;
  close(): void;
}

const channel = "undici:request:create";

export function countCalls(): CallCounter {
  let calls = 0;
  const seen = (): void => void (calls += 1);
  subscribe(channel, seen);
  return { count: () => calls, close: () => void unsubscribe(channel, seen) };
}
