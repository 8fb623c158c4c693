// Half blocks of earlier runs, so that a slow machine gathers its pairs in several runs of three minutes. Pairs lie within a half
// block, so what changed between two runs falls on both sides of each; another day of work is refused.
import { existsSync, readFileSync } from "node:fs";
import { isRecord } from "../../src/contracts/json.ts";
import { SwarmError } from "../../src/contracts/swarm-error.ts";
import { armNames, type ArmName } from "./arms.ts";
import type { HalfBlock } from "./compare-arms.ts";
import type { Day, Observation } from "./work-day.ts";

/** None where the file is missing. Throws `usage.invalid` when it holds anything else than half blocks of this day. */
export function readEarlier(path: string, day: Day): readonly HalfBlock[] {
  if (!existsSync(path)) return [];
  const kept = parsed(readFileSync(path, "utf8"));
  const isSame = isRecord(kept) && JSON.stringify(kept["day"]) === JSON.stringify(day);
  const halves = isSame && Array.isArray(kept["observations"]) ? kept["observations"].map(halfOf) : [null];
  const read = halves.filter((half) => half !== null);
  if (read.length === halves.length) return read;
  throw new SwarmError("usage.invalid", `Cannot add to ${path}: it does not hold half blocks of this day of work`, {
    hint: "Leave out --more, or name another file with --out",
  });
}

/** As it is kept: whole numbers of nanoseconds, because JSON knows no larger ones. */
export function plainHalf(half: HalfBlock): readonly object[] {
  return [...half].map(([arm, { ranNs, idleNs, ...numbers }]) => ({
    arm,
    ...numbers,
    ranNs: Number(ranNs),
    idleNs: Number(idleNs),
  }));
}

function halfOf(rows: unknown): HalfBlock | null {
  if (!Array.isArray(rows)) return null;
  const half = new Map<ArmName, Observation>();
  for (const row of rows) {
    const arm = armNames.find((name) => isRecord(row) && row["arm"] === name);
    const observation = observationOf(row);
    if (arm === undefined || observation === null) return null;
    half.set(arm, observation);
  }
  return half.size === armNames.length ? half : null;
}

function observationOf(row: unknown): Observation | null {
  if (!isRecord(row)) return null;
  const [workSeconds, calls, creations, ranNs, idleNs] = ["workSeconds", "calls", "creations", "ranNs", "idleNs"].map(
    (name) => row[name],
  );
  if (typeof workSeconds !== "number" || typeof calls !== "number" || typeof creations !== "number") return null;
  if (!Number.isSafeInteger(ranNs) || !Number.isSafeInteger(idleNs)) return null;
  return { workSeconds, calls, creations, ranNs: BigInt(Number(ranNs)), idleNs: BigInt(Number(idleNs)) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
