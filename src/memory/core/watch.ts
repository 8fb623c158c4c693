// An ordered watch: reads the log from a position on, in order, and looks again whenever there is news. Its position is the
// only thing it knows, so it resumes anywhere, and no lost message can make a gap.
import { invariant } from "../../contracts/invariant.ts";
import type { Change, WatchOptions } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Engine } from "./engine.ts";
import { keptChanges, maxChangesRead, watchPollMs } from "./limits.ts";
import { entryOf, integer, text, type Row } from "./rows.ts";
import { rowOf, rowsOf, type Step } from "./step.ts";

export function* readPosition(namespace: string): Step<number> {
  const row = yield* rowOf("namespace", namespace);
  return row === null ? 0 : integer(row, "seq");
}

export async function* watchChanges(engine: Engine, namespace: string, options: WatchOptions): AsyncGenerator<Change> {
  const { prefix = "", signal } = options;
  let from = options.from ?? (await engine.read(readPosition(namespace)));
  const isOver = (): boolean => signal?.aborted === true;
  while (!isOver()) {
    let found = await engine.read(readChanges(namespace, prefix, from));
    if (found.changes.length === 0) {
      // Listens first and looks again: a commit between the two looks rings.
      const news = engine.news(namespace, watchPollMs, signal);
      found = await engine.read(readChanges(namespace, prefix, from));
      if (found.changes.length === 0) await news;
    }
    for (const change of found.changes) {
      yield change;
      from = change.seq;
      if (isOver()) return;
    }
    from = Math.max(from, found.at);
  }
}

interface Found {
  readonly changes: readonly Change[];
  /** Everything up to here has been told. */
  readonly at: number;
}

function* readChanges(namespace: string, prefix: string, from: number): Step<Found> {
  const rows = yield* rowsOf("changes", namespace, from, prefix, maxChangesRead);
  const first = rows[0];
  if (first === undefined) {
    if (from > 0) throw unknown(namespace, from, 0);
    return { changes: [], at: 0 };
  }
  const last = integer(first, "last_seq");
  if (from > last) throw unknown(namespace, from, last);
  const changes = first.seq === null ? [] : rows.map((row) => changeOf(row));
  const begin = changes[0];
  const kept = Math.max(integer(first, "log_floor"), last - keptChanges);
  if (from < kept && begin?.kind !== "clear") throw compacted(namespace, from, kept);
  return { changes, at: changes.length < maxChangesRead ? last : from };
}

function changeOf(row: Row): Change {
  const [kind, seq] = [text(row, "kind"), integer(row, "seq")];
  const gone = { seq, key: text(row, "key"), version: integer(row, "version") };
  if (kind === "put") return { kind, seq, entry: entryOf(row) };
  if (kind === "clear") return { kind, seq };
  invariant(kind === "delete" || kind === "expired", `the log knows the kind ${kind}`);
  return { kind, ...gone };
}

function compacted(namespace: string, from: number, kept: number): SwarmError {
  return new SwarmError(
    "memory.compacted",
    `Cannot watch ${namespace} from ${from}: changes are kept from ${kept} on`,
    {
      hint: "Read the position, list the namespace, and watch from that position",
      details: { namespace, from, kept },
    },
  );
}

function unknown(namespace: string, from: number, last: number): SwarmError {
  return new SwarmError("memory.compacted", `Cannot watch ${namespace} from ${from}: its last change is ${last}`, {
    hint: "The position is of another record: list the namespace and begin anew",
    details: { namespace, from, last },
  });
}
