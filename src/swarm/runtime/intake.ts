// Where the tasks of a live swarm come from: a durable queue of the record. The leader claims a bounded window, keeps the
// claims alive, and completes each under the token of its claim and the fence of its tenure.
import type { Decision } from "../../contracts/ballots.ts";
import type { Json } from "../../contracts/json.ts";
import { keptSeconds } from "../../contracts/live-swarm.ts";
import type { Queue } from "../../contracts/record-queue.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { SignedAnswer } from "../round.ts";
import { surely, type Writer } from "./recorder.ts";

export interface IntakeLimits {
  /** Tasks the leader holds at a time; the others wait in the queue. */
  readonly window: number;
  /** Life of a claim, ms: a dead leader's tasks are free again after it. It is extended three times in this time. */
  readonly claimMs: number;
}

export interface IntakeOptions extends Writer, IntakeLimits {
  readonly queueName: string;
  readonly offered: (taskId: string, payload: Json) => void;
  /** Nothing more is claimed; what was stays claimed. */
  readonly isClosed: () => boolean;
  readonly failed: (reason: SwarmError) => void;
}

export type VoteOutcome =
  | { readonly outcome: "decided"; readonly decision: Decision; readonly answers: readonly SignedAnswer[] }
  | { readonly outcome: "no-panel"; readonly action: "none"; readonly reason: "no-quorum" };

export interface Intake {
  readonly open: () => void;
  readonly payloadOf: (taskId: string) => Json;
  /** Result and completion in one transaction, keyed by task id; the result is an entry `results/<task>` too. */
  readonly complete: (taskId: string, result: Json) => Promise<void>;
  /** A vote ends by its decision, or by saying that there were too few to ask. */
  readonly decide: (voteId: string, outcome: VoteOutcome) => Promise<void>;
  /** Ends a task that could not be done: its result says so. */
  readonly bury: (taskId: string, attempts: number) => Promise<void>;
  /** The task has ended: the window has room again. */
  readonly forget: (taskId: string) => void;
}

interface Held {
  token: number;
  /** When its claim was taken or last extended, by the leader's monotonic clock. */
  keptNs: bigint;
  readonly payload: Json;
}

/** A task ends only by its result, so that no crash of a leader can use up its claims. */
const maxAttempts = 1_000;
const lookEveryMs = 100;
/** Little room waits so long for more. */
const gatherMs = 5;

/** Claims from when it is opened until the signal aborts. */
export function openIntake(options: IntakeOptions, signal: AbortSignal): Intake {
  const { store, namespace, queueName } = options;
  const queue = store.queue(namespace, queueName, { maxAttempts });
  const held = new Map<string, Held>();
  let wake = (): void => undefined;
  const claimMore = async (): Promise<number> => {
    if (held.size >= options.window || options.isClosed()) return 0;
    // One claim of many is cheaper than many of one.
    if (options.window - held.size < options.window / 8) await options.clock.sleep(gatherMs);
    const room = options.window - held.size;
    const by = { writer: options.writer, fence: options.fence };
    const keptNs = options.clock.monotonicNs();
    const claims = await surely(options.clock, () => queue.claim({ ...by, leaseMs: options.claimMs, max: room }));
    for (const { taskId, token, payload } of claims) {
      held.set(taskId, { token, payload, keptNs });
      if (!signal.aborted) options.offered(taskId, payload);
    }
    return claims.length;
  };
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      if ((await claimMore()) > 0) continue;
      const free = new Promise<void>((resolve) => (wake = resolve));
      if (held.size >= options.window) await Promise.race([free, options.clock.sleep(lookEveryMs)]);
      else await store.news(namespace, lookEveryMs, signal).catch(() => undefined);
    }
  };
  const fail = (thrown: unknown): void => {
    if (!signal.aborted) options.failed(SwarmError.from(thrown));
  };
  const finish = async (taskId: string, result: Json): Promise<void> => {
    const claim = held.get(taskId);
    if (claim === undefined) throw noClaim(taskId);
    await acknowledge(options, { queue, taskId, claim, result });
  };
  return {
    open() {
      work().catch(fail);
      keepAlive(options, queue, held, signal).catch(fail);
    },
    payloadOf: (taskId) => held.get(taskId)?.payload ?? null,
    complete: (taskId, result) => finish(taskId, { outcome: "done", result }),
    decide: (voteId, outcome) => finish(voteId, JSON.parse(JSON.stringify(outcome))),
    bury: (taskId, attempts) => finish(taskId, { outcome: "dead", attempts }),
    forget(taskId) {
      held.delete(taskId);
      wake();
    },
  };
}

interface Finish {
  readonly queue: Queue;
  readonly taskId: string;
  readonly claim: Held;
  readonly result: Json;
}

async function acknowledge(options: IntakeOptions, { queue, taskId, claim, result }: Finish): Promise<void> {
  const { writer, fence, clock } = options;
  const entry = { key: `results/${taskId}`, ttlSeconds: keptSeconds };
  for (let token = -1; token !== claim.token;) {
    // A claim that ran out while this leader slept may be its own again by now, under a newer token.
    token = claim.token;
    const answer = await surely(clock, () => queue.acknowledge({ taskId, token }, result, { writer, fence, entry }));
    if (answer.outcome === "done") return;
  }
  throw noClaim(taskId);
}

async function keepAlive(
  { clock, claimMs, writer, fence }: IntakeOptions,
  queue: Queue,
  held: ReadonlyMap<string, Held>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(claimMs / 3, signal);
    // Most tasks end before their claim is a third through: the others are extended. Refused for one that is being completed
    // in this moment: that is no news.
    const nowNs = clock.monotonicNs();
    const extend = async ([taskId, one]: readonly [string, Held]): Promise<void> => {
      await surely(clock, () => queue.extend({ taskId, token: one.token }, claimMs, { writer, fence }));
      one.keptNs = nowNs;
    };
    const isOld = ([, { keptNs }]: readonly [string, Held]): boolean => Number(nowNs - keptNs) / 1e6 > claimMs / 4;
    await Promise.all([...held].filter(isOld).map(extend));
  }
}

function noClaim(taskId: string): SwarmError {
  return new SwarmError("memory.fenced", `Cannot complete ${taskId}: it was given to somebody else`, {
    hint: "The present leader completes it",
    details: { taskId },
  });
}
