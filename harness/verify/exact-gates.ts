// The gates once more, decided by ranks in exact arithmetic. Law: measurement §5.1 to §5.4: PASS when the bounding order
// statistic exists and keeps the limit, FAIL when the other bound breaks it.
import {
  atLeastWithin,
  atMostWithin,
  lowerPpm,
  rankAbove,
  rankBelow,
  sizeNeeded,
  upperPpm,
  type Alpha,
} from "./exact-tails.ts";

/** A reading of a quantile gate: its value, and whether the truth lies at or above it. */
export interface Seen {
  readonly value: number;
  readonly atLeast: boolean;
}

export interface Ruling {
  readonly verdict: "PASS" | "FAIL" | "INSUFFICIENT" | "UNDECIDED";
  readonly value: number | null;
  readonly need: number | null;
  readonly over: number;
}

interface Question {
  readonly qPpm: number;
  readonly alpha: Alpha;
  readonly limit: number;
  readonly worth: number;
  /** False when no reading may refute the claim; default true. */
  readonly accusing?: boolean;
}

/** "P_q < limit" on at least one reading. */
export function ruleBelow(seen: readonly Seen[], { qPpm, alpha, limit, worth, accusing = true }: Question): Ruling {
  const n = seen.length;
  const against = seen.filter((one) => one.atLeast || one.value >= limit).length;
  const proven = seen.filter((one) => one.value >= limit).length;
  const up = rankAbove(worth, qPpm, alpha);
  const down = rankBelow(worth, qPpm, alpha);
  const passing = worth - Math.ceil((against * worth) / n);
  const bound = up === null ? null : (ascendingSound(seen)[Math.ceil((up * n) / worth) - 1] ?? null);
  if (up !== null && passing >= up) return { verdict: "PASS", value: bound, need: null, over: against };
  if (accusing && down !== null && Math.floor((proven * worth) / n) >= worth - down + 1) {
    const value = orders(seen).all[Math.ceil(((down - 1) * n) / worth)] ?? null;
    return { verdict: "FAIL", value, need: null, over: against };
  }
  return open(up === null, bound, { q: qPpm, alpha, against, n, worth });
}

/** "P_q > limit" on at least one reading: low order statistics bound, readings cut short count at what was seen. */
export function ruleAbove(seen: readonly Seen[], { qPpm, alpha, limit, worth, accusing = true }: Question): Ruling {
  const n = seen.length;
  const against = seen.filter((one) => one.value <= limit).length;
  const proven = seen.filter((one) => one.value <= limit && !one.atLeast).length;
  const down = rankBelow(worth, qPpm, alpha);
  const up = rankAbove(worth, qPpm, alpha);
  const bound = down === null ? null : (orders(seen).all[n - Math.ceil(((worth + 1 - down) * n) / worth)] ?? null);
  if (down !== null && Math.ceil((against * worth) / n) <= down - 1) {
    return { verdict: "PASS", value: bound, need: null, over: against };
  }
  if (accusing && up !== null && Math.floor((proven * worth) / n) >= up) {
    const { sound, cut } = orders(seen);
    const place = n - Math.ceil(((worth - up) * n) / worth) - 1;
    const value = (place < sound.length ? sound[place] : cut[place - sound.length]) ?? null;
    return { verdict: "FAIL", value, need: null, over: against };
  }
  return open(down === null, bound, { q: 1_000_000 - qPpm, alpha, against, n, worth });
}

function open(
  none: boolean,
  bound: number | null,
  state: {
    readonly q: number;
    readonly alpha: Alpha;
    readonly against: number;
    readonly n: number;
    readonly worth: number;
  },
): Ruling {
  const { q, alpha, against, n, worth } = state;
  const size = sizeNeeded(q, alpha, Math.ceil((against * worth) / n));
  const need = size === null ? null : Math.ceil((size * n) / worth);
  const verdict = none ? "INSUFFICIENT" : "UNDECIDED";
  return { verdict, value: none ? null : bound, need, over: against };
}

/** "At least `ratePpm` succeed", on counts that are already worth what they claim. */
export function ruleSuccess(
  counts: { readonly n: number; readonly failed: number; readonly unclear: number },
  ratePpm: number,
  alpha: Alpha,
): Omit<Ruling, "over"> {
  const { n, failed, unclear } = counts;
  const bad = failed + unclear;
  const value = lowerPpm(n - bad, n, alpha);
  const miss = 1_000_000 - ratePpm;
  if (atMostWithin(bad, n, miss, alpha)) return { verdict: "PASS", value, need: null };
  if (atLeastWithin(failed, n, miss, alpha)) {
    return { verdict: "FAIL", value: upperPpm(n - failed, n, alpha), need: null };
  }
  const need = sizeNeeded(ratePpm, alpha, bad);
  if (!atMostWithin(0, n, miss, alpha)) return { verdict: "INSUFFICIENT", value: null, need };
  return { verdict: "UNDECIDED", value, need };
}

interface Orders {
  readonly all: Float64Array;
  readonly sound: Float64Array;
  readonly cut: Float64Array;
}

const sorted = new WeakMap<readonly Seen[], Orders>();

/** Values ascending: of all, of those that are known, of those that are only "at least". Kept as long as the list. */
function orders(seen: readonly Seen[]): Orders {
  const before = sorted.get(seen);
  if (before !== undefined) return before;
  const valuesOf = (wanted: (one: Seen) => boolean): Float64Array => {
    const values = new Float64Array(seen.length);
    let count = 0;
    for (const one of seen) {
      if (!wanted(one)) continue;
      values[count] = one.value;
      count += 1;
    }
    return values.subarray(0, count).sort();
  };
  const found = {
    all: valuesOf(() => true),
    sound: valuesOf((one) => !one.atLeast),
    cut: valuesOf((one) => one.atLeast),
  };
  sorted.set(seen, found);
  return found;
}

export function ascendingSound(seen: readonly Seen[]): Float64Array {
  return orders(seen).sound;
}
