// Notes of a run that a report is drawn from: how each check ended, when the run ended, faults and what became of them, the
// swarm as it was wired, equity of a backtest. Written as they happen, so that a report can be drawn again from the bundle.
import type { EventsFile } from "./bundle.ts";
import type { NoteRecord } from "./events.ts";

type NoteData = NoteRecord["data"];
export interface NewNote {
  readonly k: "note";
  readonly what: "lifecycle" | "fault";
  readonly data: NoteData;
}

export interface CheckEnding {
  readonly id: string;
  readonly state: "passed" | "failed" | "not-run";
  /** Why it was not run, or what it said when it failed. */
  readonly reason: string;
  readonly durationMs: number;
}

export interface RunEnding {
  readonly finishedAtMs: number;
  /** False: the benchmark was left out on request. */
  readonly bench: boolean;
}

/** `planned` is the intent, `attempted` the act, `observed` a probe that saw the effect, `healed` a probe that saw service again. */
export const faultPhases = ["planned", "attempted", "observed", "healed"] as const;
export type FaultPhase = (typeof faultPhases)[number];

export interface FaultNote {
  /** Unique in its shard. */
  readonly id: string;
  /** What was done: "kill sandbox". */
  readonly fault: string;
  readonly phase: FaultPhase;
}

/** One fault of the run; each phase with its time in ns from the run origin, null when it never came. */
export interface FaultStory {
  readonly id: string;
  readonly fault: string;
  readonly phases: Readonly<Record<FaultPhase, number | null>>;
}

export interface Wiring {
  readonly nodes: readonly { readonly id: string; readonly role: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** Equity per bar in whole cents. */
export interface EquityNote {
  readonly title: string;
  readonly first: string;
  readonly last: string;
  readonly cents: readonly number[];
}

const longestReason = 2_000;
/** A line of events holds at most 32,768 characters. */
export const mostEquityPoints = 1_500;

const lifecycle = (data: NoteData): NewNote => ({ k: "note", what: "lifecycle", data });

export function checkEndNote({ id, state, reason, durationMs }: CheckEnding): NewNote {
  // Half of a surrogate pair has no UTF-8 form.
  const text = Buffer.from(reason.slice(0, longestReason)).toString();
  return lifecycle({ event: "check-end", id, state, reason: text, durationMs });
}

export function runEndNote(end: RunEnding): NewNote {
  return lifecycle({ event: "run-end", ...end });
}

export function wiringNote(wiring: Wiring): NewNote {
  return lifecycle({
    event: "wiring",
    nodes: JSON.stringify(wiring.nodes.map(({ id, role }) => [id, role])),
    edges: JSON.stringify(wiring.edges.map(({ from, to }) => [from, to])),
  });
}

/** Long series keep every n-th bar, so that the note fits one line of evidence; the last bar always stays. */
export function equityNote({ cents, ...head }: EquityNote): NewNote {
  const stride = Math.max(1, Math.ceil(cents.length / mostEquityPoints));
  const kept = cents.filter((_, index) => (cents.length - 1 - index) % stride === 0);
  return lifecycle({ event: "equity", ...head, cents: JSON.stringify(kept) });
}

export function faultNote({ id, fault, phase }: FaultNote): NewNote {
  return { k: "note", what: "fault", data: { id, fault, phase } };
}

export interface RunNotes {
  readonly ends: readonly CheckEnding[];
  readonly ending: RunEnding | null;
  readonly wiring: Wiring | null;
  readonly equity: readonly EquityNote[];
  readonly faults: readonly FaultStory[];
}

/** What the events of a run tell. Notes of another shape are left alone. */
export function readRunNotes(files: readonly EventsFile[]): RunNotes {
  const notes = files.flatMap(({ path, events }) =>
    events.flatMap((event) => (event.k === "note" ? [{ ...event, path }] : [])),
  );
  const named = (event: string): readonly NoteData[] =>
    notes.filter((note) => note.what === "lifecycle" && note.data["event"] === event).map((note) => note.data);
  return {
    ends: named("check-end").flatMap(readEnd),
    // A merged run ends when the last of its parts did, or later.
    ending:
      named("run-end")
        .flatMap(readEnding)
        .toSorted((a, b) => b.finishedAtMs - a.finishedAtMs)[0] ?? null,
    wiring: named("wiring").map(readWiring)[0] ?? null,
    equity: named("equity").map(readEquity),
    faults: readFaults(notes.filter((note) => note.what === "fault")),
  };
}

function readEnd(data: NoteData): readonly CheckEnding[] {
  const { id, state, reason, durationMs } = data;
  const known = state === "passed" || state === "failed" || state === "not-run";
  if (typeof id !== "string" || !known || typeof reason !== "string" || typeof durationMs !== "number") return [];
  return [{ id, state, reason, durationMs }];
}

function readEnding({ finishedAtMs, bench }: NoteData): readonly RunEnding[] {
  return typeof finishedAtMs === "number" && typeof bench === "boolean" ? [{ finishedAtMs, bench }] : [];
}

function readWiring({ nodes, edges }: NoteData): Wiring {
  return {
    nodes: pairs(nodes).map(([id, role]) => ({ id, role })),
    edges: pairs(edges).map(([from, to]) => ({ from, to })),
  };
}

function readEquity({ title, first, last, cents }: NoteData): EquityNote {
  const values = list(cents).flatMap((value) => (Number.isSafeInteger(value) ? [Number(value)] : []));
  return { title: String(title), first: String(first), last: String(last), cents: values };
}

interface FaultRow extends NoteRecord {
  readonly path: string;
}

function readFaults(notes: readonly FaultRow[]): readonly FaultStory[] {
  const stories = new Map<string, FaultStory>();
  for (const { path, t, data } of notes) {
    const phase = faultPhases.find((name) => name === data["phase"]);
    if (phase === undefined) continue;
    const key = `${path} ${String(data["id"])}`;
    const phases = stories.get(key)?.phases ?? { planned: null, attempted: null, observed: null, healed: null };
    const fault = { id: String(data["id"]), fault: String(data["fault"]) };
    stories.set(key, { ...fault, phases: { ...phases, [phase]: phases[phase] ?? t } });
  }
  return [...stories.values()];
}

function list(text: unknown): readonly unknown[] {
  const value: unknown = typeof text === "string" ? JSON.parse(text) : [];
  return Array.isArray(value) ? value : [];
}

function pairs(text: unknown): readonly (readonly [string, string])[] {
  return list(text).flatMap((pair) => (Array.isArray(pair) ? [[String(pair[0]), String(pair[1])] as const] : []));
}
