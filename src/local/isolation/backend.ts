// What every isolation offers: start one cell with an agent inside, hold it still, copy its files, and end it with
// everything it started.
import type { NetworkRules } from "./network-rules.ts";
import type { Isolation } from "../../contracts/target.ts";
import type { AgentVoice } from "./agent-voice.ts";

/** What this machine really gives, found by probing once at start and then frozen. */
export interface IsolationLabel {
  readonly isolation: Isolation;
  /** `multi`: root and `user` are different, fully shifted ids. `single`: one unprivileged id plays both. */
  readonly ids: "multi" | "single";
  readonly limits: "cgroup1" | "cgroup2" | "prlimit" | "none";
  /** `rules`: off unless a sandbox asks, see `setNetwork`. */
  readonly network: "off" | "rules" | "host";
  /** Why no sandbox can have rules of its own here, with the remedy; null where it can. */
  readonly networkMissing: string | null;
  /** Share of the host's disk that one sandbox may hold; 0 where nothing bounds it. */
  readonly diskMb: number;
}

/** A folder of the host that shows inside under `path`, writable. */
export interface CellBind {
  readonly hostPath: string;
  readonly path: string;
}

/** What a cell may use, where the machine can enforce it (see the label's `limits`). */
export interface CellSize {
  readonly cpuCount: number;
  readonly memoryMb: number;
}

/** What a cell starts from, where it is not the shared skeleton alone. */
export interface CellSource {
  /** Host folder whose tree becomes the root, copied; made by `capture`. Absent: the shared skeleton. */
  readonly image?: string;
  readonly binds?: readonly CellBind[];
  /** Absent: the size of every spare. */
  readonly size?: CellSize;
}

/** What a cell uses now, seen from outside. */
export interface CellUsage {
  /** CPU time of everything that ran in it so far. */
  readonly cpuNs: number;
  readonly memoryBytes: number;
  readonly cacheBytes: number;
}

/** A started sandbox. It has run nobody's code until it is handed out. */
export interface Cell {
  readonly name: string;
  /**
   * Starts the agent of a cell that only stands; resolves when it listens. Idempotent. When it fails, the cell is dead.
   * Absent where the agent runs already.
   */
  readonly boot?: () => Promise<void>;
  /** Present on a cell that was handed out: settles when its agent knows its tenant. Every request waits for it. */
  readonly ready?: () => Promise<void>;
  /** Unix socket of the agent, in a folder only the host sees. */
  readonly socketPath: string;
  /** Proves to the agent that /init comes from the host. */
  readonly secret: string;
  /** Resolves when every process of the cell is gone, whatever ended it. */
  readonly ended: Promise<void>;
  /** Stops every process where it stands; resolves when none runs. Idempotent. */
  freeze(): Promise<void>;
  /** Lets them go on. Idempotent. */
  thaw(): Promise<void>;
  /**
   * Copies the root tree, frozen meanwhile, into the folder `to`, which must not exist yet; usable as `image`. Mounts are
   * not part of it. Frozen before means frozen after. On failure nothing stays at `to`.
   */
  capture(to: string): Promise<void>;
  /** What its agent reports while it runs; hostile. */
  readonly voice?: AgentVoice;
  /** Absent or null where this isolation keeps no figures; works while frozen. */
  usage?(): CellUsage | null;
  /** Opens the way out under these rules, changes them, or closes it (null). Rejects where the label's network is not `rules`. */
  setNetwork(rules: NetworkRules | null): Promise<void>;
  /** Ends every process inside, frozen ones too; resolves when they are gone. The folder is deleted afterwards, see `removed`. */
  kill(): Promise<void>;
  /** Resolves when cgroups and folder are deleted too. Only settles after `ended`. */
  readonly removed: Promise<void>;
}

export interface IsolationBackend {
  readonly label: IsolationLabel;
  /** A cell with a listening agent. */
  start(from?: CellSource): Promise<Cell>;
  /** Much sooner: namespaces, limits and files stand, the agent waits for `boot`. Absent where there is no such stage. */
  stand?(from?: CellSource): Promise<Cell>;
}

export function labelText(label: IsolationLabel): string {
  return `target=local; isolation=${label.isolation}; ids=${label.ids}; limits=${label.limits}; network=${label.network}`;
}
