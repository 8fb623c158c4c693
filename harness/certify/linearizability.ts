// Is a history of concurrent operations explained by some order in which each took effect at one moment between its call
// and its return? Wing & Gong's search (JPDC 1993) with Lowe's memory of configurations (CCPE 2017), object by object
// (Horn & Kroening's P-compositionality, FORTE 2015), as Knossos and Porcupine do. No import: whoever reads a recorded
// history can run it. An exhausted budget is `unknown`, never a pass.

export interface Operation<Call> {
  /** Object it works on; objects are independent. */
  readonly key: string;
  readonly call: Call;
  /** Any clock that all processes share. */
  readonly invokedAt: bigint;
  /** Null: the answer was lost. It may take effect at any later moment, or never. */
  readonly returnedAt: bigint | null;
}

export interface Model<State, Call> {
  readonly initial: State;
  /** The state after the operation, or null when the operation cannot have had its result here. */
  step(state: State, operation: Operation<Call>): State | null;
  /** Equal states have equal texts. */
  textOf(state: State): string;
}

export type Verdict<Call> =
  | { readonly verdict: "linearizable"; readonly visited: number }
  | {
      readonly verdict: "violation";
      readonly key: string;
      /** The longest prefix of an order that was found; none of `stuck` can come next. */
      readonly longest: readonly Operation<Call>[];
      readonly stuck: readonly Operation<Call>[];
    }
  | { readonly verdict: "unknown"; readonly key: string; readonly visited: number };

export interface CheckOptions {
  /** Configurations visited for one key before the answer is `unknown`. Default 1,000,000. */
  readonly maxVisited?: number;
}

/** Checks every key; a violation of one outweighs an unknown of another. */
export function checkHistory<State, Call>(
  model: Model<State, Call>,
  history: readonly Operation<Call>[],
  { maxVisited = 1_000_000 }: CheckOptions = {},
): Verdict<Call> {
  const keys = new Map<string, Operation<Call>[]>();
  for (const operation of history) {
    const those = keys.get(operation.key) ?? [];
    those.push(operation);
    keys.set(operation.key, those);
  }
  let visited = 0;
  let unknown: Verdict<Call> | null = null;
  for (const [key, operations] of keys) {
    const found = checkKey(model, key, operations, maxVisited);
    if (found.verdict === "violation") return found;
    if (found.verdict === "unknown") unknown ??= found;
    else visited += found.visited;
  }
  return unknown ?? { verdict: "linearizable", visited };
}

interface Configuration<State> {
  /** Bit i is set when the i-th operation has taken effect. */
  readonly done: bigint;
  readonly state: State;
  /** Where the search came from; tells the order. */
  readonly before: Configuration<State> | null;
  readonly last: number;
  readonly depth: number;
}

function checkKey<State, Call>(
  model: Model<State, Call>,
  key: string,
  history: readonly Operation<Call>[],
  maxVisited: number,
): Verdict<Call> {
  const operations = [...history].sort((a, b) => (a.invokedAt < b.invokedAt ? -1 : 1));
  const mustBeDone = operations.reduce((bits, { returnedAt }, i) => (returnedAt === null ? bits : bits | bit(i)), 0n);
  const seen = new Set<string>();
  const first: Configuration<State> = { done: 0n, state: model.initial, before: null, last: -1, depth: 0 };
  const stack = [first];
  let deepest = first;
  for (let present = stack.pop(); present !== undefined; present = stack.pop()) {
    if ((present.done & mustBeDone) === mustBeDone) return { verdict: "linearizable", visited: seen.size };
    if (present.depth > deepest.depth) deepest = present;
    for (const i of candidates(operations, present.done)) {
      const operation = operations[i];
      const state = operation === undefined ? null : model.step(present.state, operation);
      if (state === null) continue;
      const done = present.done | bit(i);
      const text = `${done.toString(36)} ${model.textOf(state)}`;
      if (seen.has(text)) continue;
      if (seen.size >= maxVisited) return { verdict: "unknown", key, visited: seen.size };
      seen.add(text);
      stack.push({ done, state, before: present, last: i, depth: present.depth + 1 });
    }
  }
  const at = (indices: readonly number[]): Operation<Call>[] => indices.flatMap((i) => operations[i] ?? []);
  const stuck = at(candidates(operations, deepest.done));
  return { verdict: "violation", key, longest: at(orderOf(deepest)), stuck };
}

/** What can come next: everything not done that was called before the first return of what is not done. */
function candidates<Call>(operations: readonly Operation<Call>[], done: bigint): number[] {
  const open = operations.flatMap((_, i) => ((done & bit(i)) === 0n ? [i] : []));
  let firstReturn: bigint | null = null;
  for (const i of open) {
    const at = operations[i]?.returnedAt ?? null;
    if (at !== null && (firstReturn === null || at < firstReturn)) firstReturn = at;
  }
  // Later calls last: the stack tries what was called first, first.
  return open
    .filter((i) => firstReturn === null || (operations[i]?.invokedAt ?? firstReturn) <= firstReturn)
    .sort((a, b) => (isLost(operations[a]) === isLost(operations[b]) ? b - a : isLost(operations[a]) ? -1 : 1));
}

/** What has no answer is tried last: most of it is never needed. */
function isLost<Call>(operation: Operation<Call> | undefined): boolean {
  return operation?.returnedAt === null;
}

function orderOf<State>(last: Configuration<State>): readonly number[] {
  const order: number[] = [];
  for (let one: Configuration<State> | null = last; one !== null && one.last >= 0; one = one.before)
    order.unshift(one.last);
  return order;
}

function bit(i: number): bigint {
  return 1n << BigInt(i);
}
