// Which sandboxes a server holds, written down line by line so that its successor can say which ones died with it. They do
// die with it, by design: their agents hang on its pipes. Kept by the kernel over a kill -9; after a power cut nothing that
// it names lives anyway.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { replaceFile } from "../host/durable-file.ts";
import { limits } from "./limits.ts";

export interface Journal {
  /** Ids that the predecessor held when it ended without closing, and those that it had already reported itself. */
  readonly lost: ReadonlySet<string>;
  started(id: string): void;
  ended(id: string): void;
  /** A clean end leaves no journal. */
  close(): void;
}

/** Without a file: nothing is kept, nothing was lost. */
export function openJournal(file: string | undefined): Journal {
  if (file === undefined) {
    const nothing = (): void => undefined;
    return { lost: new Set(), started: nothing, ended: nothing, close: nothing };
  }
  const lost = new Set(readLost(file));
  const held = new Set<string>();
  let lines = 0;
  const rewrite = (): void => {
    const kept = [...[...lost].map((id) => `!${id}\n`), ...[...held].map((id) => `+${id}\n`)];
    replaceFile(file, kept.join(""));
    lines = kept.length;
  };
  const note = (line: string): void => {
    if (++lines > limits.journalLines) rewrite();
    else appendFileSync(file, `${line}\n`, { mode: 0o600 });
  };
  rewrite();
  return {
    lost,
    started(id) {
      if (held.has(id)) return;
      held.add(id);
      note(`+${id}`);
    },
    ended(id) {
      if (held.delete(id)) note(`-${id}`);
    },
    close: () => rmSync(file, { force: true }),
  };
}

/** What a dead server held, or had reported as lost itself; oldest first. */
export function readLost(file: string): readonly string[] {
  const ids = new Set<string>();
  for (const [mark, id] of read(file)) {
    if (mark === "-") ids.delete(id);
    else ids.add(id);
  }
  return [...ids].slice(-limits.lostKept);
}

/** Whole lines only: the last one may be torn. */
function read(file: string): readonly (readonly [mark: string, id: string])[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const match = /^([+!-])([a-z0-9]{1,64})$/.exec(line);
    return match?.[1] === undefined || match[2] === undefined ? [] : [[match[1], match[2]] as const];
  });
}
