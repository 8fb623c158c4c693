// What every isolation offers: start one cell with an agent inside, and end it with everything it started.
import type { Isolation } from "../../contracts/target.ts";

/** What this machine really gives, found by probing once at start and then frozen. */
export interface IsolationLabel {
  readonly isolation: Isolation;
  /** `multi`: root and `user` are different, fully shifted ids. `single`: one unprivileged id plays both. */
  readonly ids: "multi" | "single";
  readonly limits: "cgroup1" | "cgroup2" | "prlimit" | "none";
  readonly network: "off" | "host";
}

/** A started sandbox with a ready agent. It has run nobody's code until it is handed out. */
export interface Cell {
  readonly name: string;
  /** Unix socket of the agent, in a folder only the host sees. */
  readonly socketPath: string;
  /** Proves to the agent that /init comes from the host. */
  readonly secret: string;
  /** Resolves when every process of the cell is gone, whatever ended it. */
  readonly ended: Promise<void>;
  /** Ends every process inside; resolves when they are gone. The folder is deleted afterwards, see `removed`. */
  kill(): Promise<void>;
  /** Resolves when cgroups and folder are deleted too. Only settles after `ended`. */
  readonly removed: Promise<void>;
}

export interface IsolationBackend {
  readonly label: IsolationLabel;
  start(): Promise<Cell>;
}

export function labelText(label: IsolationLabel): string {
  return `target=local; isolation=${label.isolation}; ids=${label.ids}; limits=${label.limits}; network=${label.network}`;
}
