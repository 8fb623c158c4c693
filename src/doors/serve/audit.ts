// Who did what and when, and who was refused: lines that only grow, each bound to the one before by its hash. A line that a crash
// tore is named by the next one; anything else that was changed, taken out or put in between is found. Lines cut off at the end
// are found by whoever wrote down an earlier count and hash.
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { isRecord } from "../../contracts/json.ts";
import type { Clock } from "../../host/clock.ts";
import { unwritable } from "../../host/durable-file.ts";
import { acquireLock } from "../../host/file-lock.ts";
import { redact } from "../../host/log.ts";

export interface Deed {
  /** Name of a token, or an address. */
  readonly who: string;
  readonly what: string;
  /** Status of the answer, or `asked` before it is known. */
  readonly outcome: string;
}

export interface Audit {
  /** Resolves when it is durable. Throws `state.unwritable`, `state.locked`. */
  write(deed: Deed): Promise<void>;
}

export interface AuditVerdict {
  readonly holds: boolean;
  readonly lines: number;
  /** Torn by a crash and named by the line after. */
  readonly torn: number;
  /** Hash of the last line; empty of none. */
  readonly head: string;
  /** The first thing that is wrong. */
  readonly problem: string | null;
}

const longestField = 300;
const tailBytes = 64 * 1024;
const start = "0".repeat(64);

export function auditPath(folder: string): string {
  return join(folder, ".swarm", "audit.ndjson");
}

export function openAudit(folder: string, clock: Clock): Audit {
  const path = auditPath(folder);
  let last: Promise<void> = Promise.resolve();
  const append = async (deed: Deed): Promise<void> => {
    // Two servers of one folder write one chain.
    const lock = await acquireLock(`${path}.lock`, clock);
    try {
      appendLine(path, deed, clock.nowMs());
    } finally {
      lock.release();
    }
  };
  return { write: (deed) => (last = last.catch(() => undefined).then(() => append(deed))) };
}

function appendLine(path: string, { who, what, outcome }: Deed, nowMs: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, "a+", 0o600);
    try {
      const { previous, torn } = endOf(file);
      const line = sealed({
        time: new Date(nowMs).toISOString(),
        who: clean(who),
        what: clean(what),
        outcome: clean(outcome),
        ...(torn === null ? {} : { torn_sha256: sha256(torn) }),
        previous,
      });
      writeSync(file, `${torn === null ? "" : "\n"}${line}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

interface End {
  readonly previous: string;
  /** Bytes after the last line feed; null when there are none. */
  readonly torn: Buffer | null;
}

function endOf(file: number): End {
  const { size } = fstatSync(file);
  const bytes = Buffer.alloc(Math.min(size, tailBytes));
  readSync(file, bytes, 0, bytes.length, size - bytes.length);
  const end = bytes.lastIndexOf(10) + 1;
  const torn = end === bytes.length ? null : bytes.subarray(end);
  const whole = bytes.subarray(0, end).toString("utf8").split("\n");
  const hashes = whole.map(hashOf).filter((hash) => hash !== null);
  return { previous: hashes.at(-1) ?? start, torn };
}

/** Reads it whole and follows the chain. A file that is not there holds, with no line. */
export function verifyAudit(folder: string): AuditVerdict {
  let bytes: Buffer;
  try {
    bytes = readFileSync(auditPath(folder));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") bytes = Buffer.alloc(0);
    else throw unwritable(auditPath(folder), cause);
  }
  let [head, lines, torn, number] = ["", 0, 0, 0];
  let broken: string | null = null;
  const say = (problem: string): AuditVerdict => ({ holds: false, lines, torn, head, problem });
  for (const text of linesOf(bytes)) {
    number += 1;
    const row = readLine(text);
    if (row === null) {
      if (broken !== null) return say(`line ${number - 1} is no line of an audit log`);
      broken = sha256(Buffer.from(text, "latin1"));
      continue;
    }
    if (row.torn !== broken)
      return say(`line ${number}: what is before it was torn or changed, and it does not say so`);
    if (row.previous !== (head === "" ? start : head)) return say(`line ${number} does not follow the line before it`);
    if (broken !== null) torn += 1;
    [broken, head] = [null, row.hash];
    lines += 1;
  }
  // The last line may have been torn just now; the next one will name it.
  if (broken !== null && bytes.at(-1) === 10) return say(`line ${number} is no line of an audit log`);
  return { holds: true, lines, torn: torn + (broken === null ? 0 : 1), head, problem: null };
}

/** As latin1, so that torn bytes keep their hash. */
function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString("latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function readLine(text: string): { hash: string; previous: string; torn: string | null } | null {
  const line = Buffer.from(text, "latin1").toString("utf8");
  const hash = hashOf(line);
  if (hash === null) return null;
  const row: unknown = JSON.parse(line);
  if (!isRecord(row) || typeof row.previous !== "string") return null;
  return { hash, previous: row.previous, torn: typeof row.torn_sha256 === "string" ? row.torn_sha256 : null };
}

/** The hash a line carries, when it is the hash of the rest of it. */
function hashOf(line: string): string | null {
  const cut = line.lastIndexOf(`,"sha256":"`);
  if (cut === -1) return null;
  const body = `${line.slice(0, cut)}}`;
  const hash = sha256(Buffer.from(body, "utf8"));
  return line === `${body.slice(0, -1)},"sha256":"${hash}"}` ? hash : null;
}

function sealed(row: Readonly<Record<string, string>>): string {
  const body = JSON.stringify(row);
  return `${body.slice(0, -1)},"sha256":"${sha256(Buffer.from(body, "utf8"))}"}`;
}

function clean(text: string): string {
  return redact(text).slice(0, longestField);
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
