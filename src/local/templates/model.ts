// What a template is: a name, its builds, and tags that point at finished builds. A build is a small state machine; only a
// ready one can be started from.
import type { BuildLog } from "./build-log.ts";

/** What ENV, WORKDIR and USER steps add up to: how commands run from here on. */
export interface StepContext {
  readonly user: string;
  /** Null: the user's home. */
  readonly workdir: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** The start command of a template with the context it runs in; "" where there is none. */
export interface StartCommand {
  readonly startCmd: string;
  readonly readyCmd: string;
  readonly context: StepContext;
}

/** What a finished build leaves behind. */
export interface Built {
  /** Name in the image store; null: the shared skeleton as it is. */
  readonly image: string | null;
  readonly context: StepContext;
  readonly start: StartCommand | null;
  /** On what it really stands, for people. */
  readonly base: string;
}

export interface BuildReason {
  readonly message: string;
  /** `base`, `finalize` or the number of the step, counted from 1. */
  readonly step?: string;
}

export type BuildState =
  | { readonly kind: "waiting" }
  | { readonly kind: "building"; readonly cancel: (reason: string) => void }
  | { readonly kind: "ready"; readonly built: Built; readonly finishedAtMs: number }
  | { readonly kind: "error"; readonly reason: BuildReason; readonly finishedAtMs: number };

export interface TemplateBuild {
  readonly id: string;
  readonly templateId: string;
  readonly cpuCount: number;
  readonly memoryMb: number;
  /** What points here once it is ready. */
  readonly tags: readonly string[];
  readonly createdAtMs: number;
  readonly log: BuildLog;
  updatedAtMs: number;
  state: BuildState;
}

export interface TagTarget {
  readonly buildId: string;
  readonly createdAtMs: number;
}

export interface Template {
  readonly id: string;
  /** Null: a snapshot nobody named. */
  readonly name: string | null;
  /** The sandbox it is a snapshot of; null: it was built. */
  readonly snapshotOf: string | null;
  readonly createdAtMs: number;
  /** Made by this server, not by its user. */
  readonly builtIn: boolean;
  public: boolean;
  updatedAtMs: number;
  lastSpawnedAtMs: number | null;
  spawnCount: number;
  /** Oldest first. */
  readonly builds: Map<string, TemplateBuild>;
  readonly tags: Map<string, TagTarget>;
}

/** A template with the ready build that a name, id or tag leads to. */
export interface ReadyTemplate {
  readonly template: Template;
  readonly build: TemplateBuild;
  readonly built: Built;
}

/** How a template is called where it may have no name. */
export function shownName({ name, id }: Template): string {
  return name ?? id;
}

export const emptyContext: StepContext = { user: "user", workdir: null, env: {} };
