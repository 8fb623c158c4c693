// Entries, the log of changes and leases over plain maps.
import { invariant } from "../../contracts/invariant.ts";
import type { Row } from "../core/rows.ts";
import type { EntryStatement, Answer } from "./tables.ts";
import { byBytes, num, numOrNull, str, strOrNull } from "./values.ts";

interface Head {
  readonly key: string;
  version: number;
  seq: number;
  live: number;
  written_at_ms: number;
  expires_at_ms: number | null;
}
interface Logged {
  readonly seq: number;
  readonly key: string;
  kind: string;
  text: string | null;
  readonly version: number;
  readonly writer: string;
  sha256: string;
  bytes: number;
  readonly written_at_ms: number;
  readonly expires_at_ms: number | null;
}
interface Space {
  readonly namespace: string;
  seq: number;
  version_floor: number;
  log_floor: number;
  readonly heads: Map<string, Head>;
  readonly log: Map<number, Logged>;
}

interface Held {
  readonly name: string;
  readonly holder: string;
  readonly token: number;
  readonly expires_at_ms: number;
  readonly held: number;
}

export interface EntryTables {
  readonly spaces: Map<string, Space>;
  readonly leases: Map<string, Map<string, Held>>;
}

export function emptyEntries(): EntryTables {
  return { spaces: new Map(), leases: new Map() };
}

export function entryAnswers({ spaces, leases }: EntryTables): Record<EntryStatement, Answer> {
  const at: At = (namespace) => {
    const space = spaces.get(namespace);
    invariant(space !== undefined, "the namespace was given a position first");
    return space;
  };
  return {
    ...readAnswers(spaces),
    ...writeAnswers(spaces, at),
    ...logAnswers(at),
    ...sweepAnswers(spaces),
    ...leaseAnswers(leases),
  };
}

function isLive({ live, expires_at_ms: end }: Head, nowMs: number): boolean {
  return live === 1 && (end === null || end > nowMs);
}

function whole(space: Space, head: Head, nowMs: number): readonly Row[] {
  const logged = space.log.get(head.seq);
  return logged === undefined ? [] : [{ namespace: space.namespace, ...logged, ...head, now_ms: nowMs }];
}

function sorted(space: Space | undefined, wanted: (head: Head) => boolean): Head[] {
  return [...(space?.heads.values() ?? [])].filter(wanted).sort((a, b) => byBytes(a.key, b.key));
}

function readAnswers(spaces: Map<string, Space>) {
  return {
    findEntry: (values, nowMs) => {
      const space = spaces.get(str(values, 0));
      const head = space?.heads.get(str(values, 1));
      return space === undefined || head?.live !== 1 ? [] : whole(space, head, nowMs);
    },
    headEntry: (values) => {
      const head = spaces.get(str(values, 0))?.heads.get(str(values, 1));
      return head === undefined ? [] : [{ ...head }];
    },
    listEntries: (values, nowMs) => {
      const [space, prefix] = [spaces.get(str(values, 0)), str(values, 1)];
      if (space === undefined) return [];
      const heads = sorted(space, (head) => head.key.startsWith(prefix) && isLive(head, nowMs));
      return heads.slice(0, num(values, 2)).flatMap((head) => whole(space, head, nowMs));
    },
    namespace: (values) => {
      const space = spaces.get(str(values, 0));
      if (space === undefined) return [];
      const { seq, version_floor, log_floor } = space;
      return [{ seq, version_floor, log_floor }];
    },
    changes: (values) => {
      const [space, from, prefix] = [spaces.get(str(values, 0)), num(values, 1), str(values, 2)];
      if (space === undefined) return [];
      const { namespace, seq: last_seq, log_floor } = space;
      const found: Row[] = [];
      // The log is kept in the order of its sequence; what a watch has not seen is at the end of it.
      for (let seq = Math.max(from, log_floor) + 1; seq <= last_seq && found.length < num(values, 3); seq += 1) {
        const logged = space.log.get(seq);
        if (logged === undefined || (logged.kind !== "clear" && !logged.key.startsWith(prefix))) continue;
        found.push({ namespace, ...logged, last_seq, log_floor });
      }
      return found.length > 0 ? found : [{ last_seq, log_floor, seq: null }];
    },
    dumpNamespaces: (values) =>
      [...spaces.values()]
        .filter(({ namespace }) => byBytes(namespace, str(values, 0)) > 0)
        .sort((a, b) => byBytes(a.namespace, b.namespace))
        .slice(0, num(values, 1))
        .map(({ namespace, seq, version_floor }) => ({ namespace, seq, version_floor })),
    dumpEntries: (values, nowMs) => {
      const [space, after] = [spaces.get(str(values, 0)), str(values, 1)];
      if (space === undefined) return [];
      const heads = sorted(space, ({ key, live }) => live === 1 && byBytes(key, after) > 0);
      return heads.slice(0, num(values, 2)).flatMap((head) => whole(space, head, nowMs));
    },
    summary: (values, nowMs) => {
      const heads = [...(spaces.get(str(values, 0))?.heads.values() ?? [])];
      const highest = (of: readonly Head[]): number => of.reduce((most, { version }) => Math.max(most, version), 0);
      const live = heads.filter((head) => isLive(head, nowMs)).length;
      return [{ live, version: highest(heads), buried: highest(heads.filter((head) => head.live === 0)) }];
    },
  } as const satisfies Record<string, Answer>;
}

type At = (namespace: string) => Space;

function logAnswers(at: At) {
  return {
    appendLog: (values) => {
      const [seq, key, kind, text] = [num(values, 1), str(values, 2), str(values, 3), strOrNull(values, 4)];
      const [version, writer, sha256, bytes] = [num(values, 5), str(values, 6), str(values, 7), num(values, 8)];
      const [written_at_ms, expires_at_ms] = [num(values, 9), numOrNull(values, 10)];
      const content = { text, version, writer, sha256, bytes, written_at_ms, expires_at_ms };
      at(str(values, 0)).log.set(seq, { seq, key, kind, ...content });
      return [];
    },
    dropLog: (values) => {
      at(str(values, 0)).log.delete(num(values, 1));
      return [];
    },
    trimLog: (values) => {
      const space = at(str(values, 0));
      for (let seq = num(values, 1) + 1; seq <= num(values, 2); seq += 1) {
        const head = space.heads.get(space.log.get(seq)?.key ?? "");
        if (head?.seq !== seq || head.live !== 1) space.log.delete(seq);
      }
      return [];
    },
    clearLog: (values) => {
      at(str(values, 0)).log.clear();
      return [];
    },
  } as const satisfies Record<string, Answer>;
}

function writeAnswers(spaces: Map<string, Space>, at: At) {
  const open = (namespace: string): Space => {
    const space: Space = { namespace, seq: 0, version_floor: 0, log_floor: 0, heads: new Map(), log: new Map() };
    spaces.set(namespace, space);
    return space;
  };
  return {
    openNamespace: (values) => {
      if (!spaces.has(str(values, 0))) open(str(values, 0));
      return [];
    },
    nextSeq: (values) => {
      const space = spaces.get(str(values, 0)) ?? open(str(values, 0));
      space.seq += 1;
      return [{ seq: space.seq, version_floor: space.version_floor }];
    },
    setEntry: (values) => {
      const [key, version, seq] = [str(values, 1), num(values, 2), num(values, 3)];
      const [live, written_at_ms, expires_at_ms] = [num(values, 4), num(values, 5), numOrNull(values, 6)];
      at(str(values, 0)).heads.set(key, { key, version, seq, live, written_at_ms, expires_at_ms });
      return [];
    },
    clearEntries: (values) => {
      at(str(values, 0)).heads.clear();
      return [];
    },
    raiseFloor: (values) => {
      const space = at(str(values, 0));
      space.version_floor = Math.max(space.version_floor, num(values, 1));
      return [];
    },
    restoreNamespace: (values) => {
      const space = spaces.get(str(values, 0)) ?? open(str(values, 0));
      space.seq = space.log_floor = num(values, 1);
      space.version_floor = num(values, 2);
      return [];
    },
  } as const satisfies Record<string, Answer>;
}

function sweepAnswers(spaces: Map<string, Space>) {
  const gather = (limit: number, wanted: (head: Head) => boolean): Row[] => {
    const found: Row[] = [];
    for (const { namespace, heads } of spaces.values()) {
      for (const head of heads.values()) {
        if (found.length >= limit) return found;
        if (wanted(head)) found.push({ namespace, ...head });
      }
    }
    return found;
  };
  return {
    expiredEntries: (values, nowMs) =>
      gather(num(values, 0), (head) => head.live === 1 && head.expires_at_ms !== null && head.expires_at_ms <= nowMs),
    buryEntry: (values) => {
      const head = spaces.get(str(values, 0))?.heads.get(str(values, 1));
      if (head?.seq === num(values, 2)) Object.assign(head, { live: 0, expires_at_ms: null });
      return [];
    },
    expireLog: (values) => {
      const logged = spaces.get(str(values, 0))?.log.get(num(values, 1));
      if (logged !== undefined) Object.assign(logged, { kind: "expired", text: null, sha256: "", bytes: 0 });
      return [];
    },
    forgottenEntries: (values, nowMs) =>
      gather(num(values, 1), (head) => head.live === 0 && head.written_at_ms <= nowMs - num(values, 0)),
    forgetEntry: (values) => {
      const heads = spaces.get(str(values, 0))?.heads;
      if (heads?.get(str(values, 1))?.live === 0) heads.delete(str(values, 1));
      return [];
    },
  } as const satisfies Record<string, Answer>;
}

function leaseAnswers(leases: Map<string, Map<string, Held>>) {
  const find: Answer = (values, nowMs) => {
    const held = leases.get(str(values, 0))?.get(str(values, 1));
    return held === undefined ? [] : [{ ...held, now_ms: nowMs }];
  };
  return {
    findLease: find,
    shareLease: find,
    setLease: (values) => {
      const names = leases.get(str(values, 0)) ?? new Map<string, Held>();
      leases.set(str(values, 0), names);
      const [name, holder, token] = [str(values, 1), str(values, 2), num(values, 3)];
      names.set(name, { name, holder, token, expires_at_ms: num(values, 4), held: num(values, 5) });
      return [];
    },
    dumpLeases: (values) =>
      [...(leases.get(str(values, 0))?.values() ?? [])]
        .filter(({ name }) => byBytes(name, str(values, 1)) > 0)
        .sort((a, b) => byBytes(a.name, b.name))
        .slice(0, num(values, 2))
        .map((held) => ({ ...held })),
  } as const satisfies Record<string, Answer>;
}
