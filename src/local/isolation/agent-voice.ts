// Lines that a running agent writes to its stdout. They are hostile: each is bounded, so is what is read in a second, and
// before the first listener they are dropped (they are about nobody).
import type { Readable } from "node:stream";
import type { Clock } from "../../host/clock.ts";
import { limits } from "../limits.ts";

export interface AgentVoice {
  /** From now on; one listener. */
  onLine(listener: (line: string) => void): void;
}

const budgetPeriodMs = 1_000;

export function listenTo(out: Readable, clock: Clock): AgentVoice {
  let listener: ((line: string) => void) | null = null;
  const decoder = new TextDecoder();
  let rest = "";
  let budget = 0;
  let resetAtNs = 0n;
  out.on("data", (chunk: Buffer) => {
    const nowNs = clock.monotonicNs();
    if (nowNs > resetAtNs) {
      budget = limits.voiceBytesPerSecond;
      resetAtNs = nowNs + BigInt(budgetPeriodMs) * 1_000_000n;
    }
    budget -= chunk.length;
    if (listener !== null) rest = cut(rest + decoder.decode(chunk, { stream: true }), listener);
    if (budget > 0) return;
    out.pause();
    clock.after(budgetPeriodMs, () => out.resume(), { unref: true });
  });
  return { onLine: (given) => void (listener = given) };
}

/** Hands on whole lines; one that is too long is dropped piece by piece. */
function cut(text: string, listener: (line: string) => void): string {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  for (const line of lines) if (line.length <= limits.voiceLineBytes) listener(line);
  return last.length > limits.voiceLineBytes ? "" : last;
}
