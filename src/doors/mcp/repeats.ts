// One call, one effect. A call that carries an idempotency key is done once however often it arrives: its result is kept for a
// day and given again. A call that was cut off by the end of the process is never done again under its key.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isCallToolResult, type CallToolResult } from "@modelcontextprotocol/server";
import { faults } from "../../contracts/faults.ts";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { createFile, replaceFile } from "../../host/durable-file.ts";
import type { Log } from "../../host/log.ts";

export interface CallKey {
  /** Whose keys these are: the caller's name, or a session. */
  readonly scope: string;
  readonly key: string;
  /** False: forget the key once the call ended; it then only guards against a repeat of a call that was cut off. */
  readonly keep: boolean;
}

export interface Repeats {
  /** Runs `work` unless the key was seen. `asked` is the tool and its input. Throws `usage.invalid`, `server.restarted`. */
  once(key: CallKey, asked: string, work: () => Promise<CallToolResult>): Promise<CallToolResult>;
}

const keepMs = 24 * 3_600_000;
const sweepEveryMs = 3_600_000;

/** `folder` is made on the first use. */
export function openRepeats(folder: string, clock: Clock, log: Log): Repeats {
  const running = new Map<string, { readonly asked: string; readonly result: Promise<CallToolResult> }>();
  let sweepAtMs = 0;
  return {
    async once({ scope, key, keep }, asked, work) {
      const name = digest(`${scope}\0${key}`);
      const path = join(folder, `${name}.json`);
      const here = running.get(name);
      if (here !== undefined) {
        if (here.asked !== asked) throw reused();
        return here.result;
      }
      const nowMs = clock.nowMs();
      if (nowMs >= sweepAtMs) {
        sweep(folder, nowMs);
        sweepAtMs = nowMs + sweepEveryMs;
      }
      const kept = claim(path, digest(asked));
      if (kept !== null) return kept;
      const result = finish(path, { asked: digest(asked), keep, log }, work);
      running.set(name, { asked, result });
      return result.finally(() => running.delete(name));
    },
  };
}

async function finish(
  path: string,
  { asked, keep, log }: { readonly asked: string; readonly keep: boolean; readonly log: Log },
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const result = await work();
  try {
    if (keep && !mayTryAgain(result)) replaceFile(path, JSON.stringify({ asked, result }));
    else rmSync(path, { force: true });
  } catch (thrown) {
    // What was done was done, whether or not it can be written down. The claim stays: the call is not done again.
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    log.write("error", "what became of a call could not be kept; its key stays used for a day", { reason });
  }
  return result;
}

/** A refusal before anything was done leaves the key free. */
function mayTryAgain({ isError, structuredContent }: CallToolResult): boolean {
  if (isError !== true || !isRecord(structuredContent)) return false;
  const { code } = structuredContent;
  return Object.entries(faults).some(([name, row]) => name === code && row.definite);
}

/** Null: the key is ours now. Else what it gave before. */
function claim(path: string, asked: string): CallToolResult | null {
  if (createFile(path, JSON.stringify({ asked }))) return null;
  const before = readClaim(path);
  if (before !== null && before.asked !== asked) throw reused();
  if (before !== null && isCallToolResult(before.result)) return before.result;
  throw new SwarmError("server.restarted", "Cannot do this call again: the server ended while it ran the first time", {
    hint: "Look at the state first, then call again under another idempotency key",
  });
}

/** Null for a file that a disk has damaged: that something was asked under this key is all that it tells. */
function readClaim(path: string): Readonly<Record<string, unknown>> | null {
  try {
    const before: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isRecord(before) ? before : null;
  } catch {
    return null;
  }
}

function reused(): SwarmError {
  return new SwarmError("usage.invalid", "Cannot use this idempotency key: it was used for another call", {
    hint: "Use a new key for every new call",
    details: { field: "_meta.e2b-swarm/idempotency_key" },
  });
}

function sweep(folder: string, nowMs: number): void {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(folder, name);
    if (nowMs - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs) > keepMs) rmSync(path, { force: true });
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
