// What a sandbox was before its first lease, as its own census told: the state that a reset must bring back, part by part.
import { SwarmError } from "../../contracts/swarm-error.ts";

export interface Baseline {
  /** `pid:start` of every process, separated by blanks. */
  readonly processes: string;
  readonly parts: CensusParts;
  /** The files where its user may write: tar, gzip, base64. */
  readonly pack: string;
}

/** Digests; `environment` is what a login shell of the user sees. */
export type CensusParts = Readonly<Record<(typeof censusParts)[number], string>>;
export const censusParts = ["rest", "scratch", "kernel", "environment"] as const;

/** Largest pack that still fits into a command line, bytes. */
export const maxPackBytes = 64 * 1_024;

export interface Census {
  readonly processes: string;
  readonly rest: string;
  readonly scratch: string;
  readonly kernel: string;
  /** Null in the census of a reset. */
  readonly pack: string | null;
}

/** Throws `sandbox.unclean` for anything but a whole census of this nonce. */
export function parseCensus(text: string, nonce: string): Census {
  const lines = text.split("\n").filter((line) => line !== "");
  const fields = new Map(lines.slice(1, -1).map((line) => splitOnce(line)));
  const digest = (name: string): string => {
    const value = fields.get(name) ?? "";
    if (/^[0-9a-f]{64}$/.test(value)) return value;
    throw unclean(`its census does not tell the ${name}`);
  };
  if (lines[0] !== `${nonce} begin` || lines.at(-1) !== `${nonce} end`) throw unclean("its census is not whole");
  const processes = (fields.get("processes") ?? "").trim();
  if (!/^\d+:\d+( \d+:\d+)*$/.test(processes)) throw unclean("its census does not tell the processes");
  return {
    processes,
    rest: digest("rest"),
    scratch: digest("scratch"),
    kernel: digest("kernel"),
    pack: fields.get("pack") ?? null,
  };
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(" ");
  return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}

/** A process of the system may have ended by itself; one that was not there before may not be there after. */
export function isWithin(processes: string, baseline: string): boolean {
  const known = new Set(baseline.split(" "));
  return processes.split(" ").every((process) => known.has(process));
}

export function unclean(why: string, cause?: unknown): SwarmError {
  return new SwarmError("sandbox.unclean", `Cannot use a sandbox again: ${why}`, {
    hint: "It is ended, and another one made in its place",
    ...(cause === undefined ? {} : { cause }),
  });
}
