// The sandboxes of this server: who they are, in which state, when they end, and the one way to end them.
import type { Cancel, Clock } from "../host/clock.ts";
import type { Random } from "../host/random.ts";
import { noEgress, type Egress } from "./lifecycle/egress.ts";
import type { ImageStore } from "./images/image-store.ts";
import type { Cell, CellSource } from "./isolation/backend.ts";
import type { Ingress } from "./ports/ingress.ts";
import type { ReadyTemplate } from "./templates/model.ts";

/** What happens on the deadline. */
export type OnTimeout = { readonly action: "kill" } | { readonly action: "pause"; readonly memory: boolean };

export type SandboxState =
  | { readonly kind: "running" }
  | { readonly kind: "pausing" }
  | { readonly kind: "resuming" }
  /** `image` null: its processes stand still in memory. Else they are gone, and the image holds its files. */
  | { readonly kind: "paused"; readonly image: string | null };
import type { VolumeMount } from "./volumes/mounts.ts";

export interface LocalSandbox {
  readonly id: string;
  readonly templateId: string;
  readonly alias: string;
  /** What it was made from: how commands run, and its start command. Null: the shared skeleton, as in tests. */
  readonly origin: ReadyTemplate | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly volumeMounts: readonly VolumeMount[];
  /** The tenant's own variables; told to the agent again on each cold boot. */
  readonly envVars: Readonly<Record<string, string>>;
  /** Null when created unsecured through the old route. */
  readonly token: string | null;
  readonly allowInternetAccess: boolean | null;
  /** Who may reach its ports, and how. */
  readonly ingress: Ingress;
  /** Rules for traffic out of it; a change replaces them. */
  egress: Egress;
  onTimeout: OnTimeout;
  /** Seconds of new life when a request wakes it; null: requests do not. */
  readonly autoResumeSeconds: number | null;
  /** Mounts and network, the same on each cold boot; without the image it once started from. */
  readonly source: Omit<CellSource, "image">;
  /** Breaks one open request off; called for each of them when the sandbox pauses. */
  readonly streams: Set<() => void>;
  /** Another one after each cold boot. */
  cell: Cell;
  state: SandboxState;
  /** Start of this run: a resume begins a new one. */
  startedAtMs: number;
  startedAtNs: bigint;
  /** Grows with each start; order and tie-break of lists. */
  order: number;
  /** Wall time for people; the deadline itself runs on the monotonic clock. While paused: when it paused. */
  endAtMs: number;
  endAtNs: bigint;
  cancelDeadline: Cancel;
  /** Requests on their way to the agent. */
  open: number;
  /** Pause, resume, snapshot and fork of one sandbox happen one after the other. */
  turn: Promise<unknown>;
}

type Given = "id" | "templateId" | "alias" | "metadata" | "token" | "cell" | "allowInternetAccess" | "ingress";
type Defaulted = "egress" | "origin" | "envVars" | "onTimeout" | "autoResumeSeconds" | "source" | "volumeMounts";
export type SandboxFields = Pick<LocalSandbox, Given> & Partial<Pick<LocalSandbox, Defaulted>>;

export interface SandboxTable {
  add(fields: SandboxFields, seconds: number): LocalSandbox;
  get(id: string): LocalSandbox | undefined;
  all(): readonly LocalSandbox[];
  /** Those that count against the quota: all but the paused. */
  active(): readonly LocalSandbox[];
  /** New end = now + seconds; `extendOnly` never shortens. */
  setDeadline(sandbox: LocalSandbox, seconds: number, extendOnly?: boolean): void;
  /** A change came to nothing: it runs on as before. */
  unchanged(sandbox: LocalSandbox): void;
  /** Its run is over for now; see SandboxState for `image`. */
  paused(sandbox: LocalSandbox, image: string | null): void;
  /** A new run begins, in `cell`. */
  resumed(sandbox: LocalSandbox, cell: Cell, seconds: number): void;
  /** Takes it off the table and kills it, whatever its state; resolves when its processes are gone. */
  kill(sandbox: LocalSandbox): Promise<void>;
  /** Resolves when the folders of everything killed so far are deleted. */
  settled(): Promise<void>;
}

export interface TableOptions {
  /** Called on the deadline; default kills. */
  readonly onDeadline?: (sandbox: LocalSandbox) => void;
  /** Where the files of those paused without memory lie. */
  readonly images?: Pick<ImageStore, "release">;
  /** Called for each cell that a sandbox gets. */
  readonly onRun?: (sandbox: LocalSandbox) => void;
  /** Called once for each sandbox that left the table, whatever ended it. */
  readonly onGone?: (sandbox: LocalSandbox) => void;
}

const idAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
const idLength = 20;

/** `i` + 20 letters and digits, unbiased: bytes beyond the last whole multiple of 36 are drawn again. */
export function makeSandboxId(random: Random): string {
  return `i${makeId(random)}`;
}

export function makeId(random: Random): string {
  let id = "";
  while (id.length < idLength) {
    for (const byte of random.bytes(idLength)) if (byte < 252 && id.length < idLength) id += idAlphabet[byte % 36];
  }
  return id;
}

interface State {
  readonly clock: Clock;
  readonly options: TableOptions;
  readonly sandboxes: Map<string, LocalSandbox>;
  readonly removing: Set<Promise<void>>;
  started: number;
}

export function createSandboxTable(clock: Clock, options: TableOptions = {}): SandboxTable {
  const state: State = { clock, options, sandboxes: new Map(), removing: new Set(), started: 0 };
  const { sandboxes } = state;
  return {
    add(fields, seconds) {
      const sandbox = newSandbox(fields, clock, state.started++);
      sandboxes.set(sandbox.id, sandbox);
      setDeadline(state, sandbox, seconds, sandbox.startedAtMs);
      watch(state, sandbox);
      return sandbox;
    },
    get: (id) => sandboxes.get(id),
    all: () => [...sandboxes.values()],
    active: () => [...sandboxes.values()].filter((sandbox) => sandbox.state.kind !== "paused"),
    setDeadline: (sandbox, seconds, extendOnly = false) => {
      const endAtNs = clock.monotonicNs() + BigInt(Math.round(seconds * 1e9));
      if (!extendOnly || endAtNs > sandbox.endAtNs) setDeadline(state, sandbox, seconds);
    },
    unchanged(sandbox) {
      sandbox.state = { kind: "running" };
      follow(state, sandbox);
    },
    paused(sandbox, image) {
      sandbox.cancelDeadline();
      sandbox.state = { kind: "paused", image };
      sandbox.endAtMs = clock.nowMs();
      follow(state, sandbox);
    },
    resumed(sandbox, cell, seconds) {
      const isNew = sandbox.cell !== cell;
      Object.assign(sandbox, { cell, state: { kind: "running" }, ...newRun(clock, state.started++) });
      setDeadline(state, sandbox, seconds, sandbox.startedAtMs);
      if (isNew) watch(state, sandbox);
      else follow(state, sandbox);
    },
    kill: async (sandbox) => kill(state, sandbox),
    settled: async () => void (await Promise.all(state.removing)),
  };
}

function newSandbox(fields: SandboxFields, clock: Clock, order: number): LocalSandbox {
  const defaults = {
    egress: noEgress,
    origin: null,
    envVars: {},
    onTimeout: { action: "kill" },
    autoResumeSeconds: null,
    source: {},
    volumeMounts: [],
  } as const;
  const idle = { endAtMs: 0, endAtNs: 0n, cancelDeadline: () => undefined, open: 0, turn: Promise.resolve() };
  return { ...defaults, ...fields, ...newRun(clock, order), ...idle, state: { kind: "running" }, streams: new Set() };
}

function newRun(clock: Clock, order: number): Pick<LocalSandbox, "startedAtMs" | "startedAtNs" | "order"> {
  return { startedAtMs: clock.nowMs(), startedAtNs: clock.monotonicNs(), order };
}

function leave({ sandboxes, options }: State, sandbox: LocalSandbox): void {
  if (sandboxes.get(sandbox.id) !== sandbox) return;
  sandboxes.delete(sandbox.id);
  sandbox.cancelDeadline();
  if (sandbox.state.kind === "paused" && sandbox.state.image !== null) options.images?.release(sandbox.state.image);
  options.onGone?.(sandbox);
}

async function kill(state: State, sandbox: LocalSandbox): Promise<void> {
  leave(state, sandbox);
  await sandbox.cell.kill();
}

/** `nowMs`: a run that begins ends exactly its life after its start, whatever the clock says in between. */
function setDeadline(state: State, sandbox: LocalSandbox, seconds: number, nowMs = state.clock.nowMs()): void {
  const { clock, options } = state;
  const onDeadline = options.onDeadline ?? ((ended) => void kill(state, ended));
  sandbox.cancelDeadline();
  sandbox.endAtNs = clock.monotonicNs() + BigInt(Math.round(seconds * 1e9));
  sandbox.endAtMs = nowMs + seconds * 1000;
  sandbox.cancelDeadline = clock.after(Math.ceil(seconds * 1000), () => onDeadline(sandbox));
}

function watch(state: State, sandbox: LocalSandbox): void {
  const gone = sandbox.cell.removed.finally(() => state.removing.delete(gone));
  state.removing.add(gone);
  state.options.onRun?.(sandbox);
  follow(state, sandbox);
}

/** Ended from inside: nobody is left to answer for it. A pause that keeps files only ends its cell on purpose. */
function follow(table: State, sandbox: LocalSandbox): void {
  const { cell } = sandbox;
  void cell.ended.then(() => {
    const { state } = sandbox;
    if (sandbox.cell !== cell) return;
    if (state.kind === "running" || (state.kind === "paused" && state.image === null)) leave(table, sandbox);
  });
}
