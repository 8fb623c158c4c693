// One call, one effect. A call that carries an idempotency key is done once however often it arrives: its result is kept for a
// day and given again. A call that was cut off by the end of the process is never done again under its key.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isCallToolResult, type CallToolResult } from "@modelcontextprotocol/server";
import { faults } from "../../contracts/faults.ts";
import { isRecord } from "../../contracts/json.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import { replaceFile, unwritable } from "../../host/durable-file.ts";

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

/** `folder` is made on the first use. */
export function openRepeats(folder: string, clock: Clock): Repeats {
  const running = new Map<string, { readonly asked: string; readonly result: Promise<CallToolResult> }>();
  let swept = false;
  return {
    async once({ scope, key, keep }, asked, work) {
      const name = digest(`${scope}\0${key}`);
      const path = join(folder, `${name}.json`);
      const here = running.get(name);
      if (here !== undefined) {
        if (here.asked !== asked) throw reused();
        return here.result;
      }
      if (!swept) sweep(folder, clock.nowMs());
      swept = true;
      const kept = claim(folder, path, digest(asked));
      if (kept !== null) return kept;
      const result = finish(path, digest(asked), keep, work);
      running.set(name, { asked, result });
      return result.finally(() => running.delete(name));
    },
  };
}

async function finish(
  path: string,
  asked: string,
  keep: boolean,
  work: () => Promise<CallToolResult>,
): Promise<CallToolResult> {
  const result = await work();
  if (keep && !mayTryAgain(result)) replaceFile(path, JSON.stringify({ asked, result }));
  else rmSync(path, { force: true });
  return result;
}

/** A refusal before anything was done leaves the key free. */
function mayTryAgain({ isError, structuredContent }: CallToolResult): boolean {
  if (isError !== true || !isRecord(structuredContent)) return false;
  const { code } = structuredContent;
  return Object.entries(faults).some(([name, row]) => name === code && row.definite);
}

/** Null: the key is ours now. Else what it gave before. */
function claim(folder: string, path: string, asked: string): CallToolResult | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, JSON.stringify({ asked }), { mode: 0o600, flag: "wx" });
    return null;
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw unwritable(path, cause);
  }
  const before: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isRecord(before) || before.asked !== asked) throw reused();
  if (isCallToolResult(before.result)) return before.result;
  throw new SwarmError("server.restarted", "Cannot do this call again: the server ended while it ran the first time", {
    hint: "Look at the state first, then call again under another idempotency key",
  });
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
