// One tenure of a live coordinator: events go into the pure core one by one, its effects are performed in order, and what
// came of them comes back as events. When the tenure is over nothing is performed any more and the agents run on.
import { unreachable, invariant } from "../../contracts/invariant.ts";
import { isRecord, type Json } from "../../contracts/json.ts";
import type { Place, Post, Wanted } from "../../contracts/live-swarm.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { SwarmEffect } from "../core/effects.ts";
import type { SwarmEvent } from "../core/events.ts";
import type { SwarmCounts, SwarmState } from "../core/step.ts";
import type { Bodies, OpenBodies } from "./bodies.ts";
import { openAnswers, type Answers } from "./answers.ts";
import { openBulletin } from "./bulletin.ts";
import { openIntake, type Intake, type IntakeLimits } from "./intake.ts";
import { readCrew } from "./crew.ts";
import { openLoop, type Loop } from "./loop.ts";
import { openMeters, type Meters } from "./meters.ts";
import { openMover, type Mover } from "./evening-out.ts";
import { followOrders, type Order } from "./orders.ts";
import { openPosts, type Posts } from "./posts.ts";
import type { Voices } from "./voices.ts";
import { followWanted, wantedOf } from "./wanted.ts";
import { openRecorder, putForEver, remove, surely, type Recorder, type Writer } from "./recorder.ts";

export interface LeadOptions extends IntakeLimits {
  readonly store: RecordStore;
  readonly namespace: string;
  readonly queueName: string;
  readonly writer: string;
  readonly clock: Clock;
  readonly tickMs: number;
  /** The swarm's own name at the target. */
  readonly swarm: string;
  readonly voteWithinMs: number;
  /** Tasks an agent may hold. */
  readonly slotsPerAgent: number;
  /** What agents are there for as long as nobody names a post. */
  readonly fallback: Post;
  /** Where the agents are, as the record has it; kept by whoever leads. */
  readonly places: Map<string, Place>;
  readonly voices: Voices;
  readonly openBodies: OpenBodies;
  /** Every effect as it is performed: for people and meters. */
  readonly tell: (effect: SwarmEffect) => void;
}

export interface Tenure {
  readonly lease: string;
  readonly token: number;
  /** Aborts when the tenure is over. */
  readonly signal: AbortSignal;
  /** Ends it, when the record refused something. */
  readonly end: (reason: SwarmError) => void;
  /** Ends it, when the swarm has ended: nobody is left to lead. */
  readonly finish: () => void;
}

interface Leader {
  readonly options: LeadOptions;
  readonly by: Writer;
  readonly loop: Loop;
  readonly bodies: Bodies;
  readonly intake: Intake;
  readonly recorder: Recorder;
  readonly answers: Answers;
  readonly meters: Meters;
  readonly posts: Posts;
  readonly mover: Mover;
  readonly end: (reason: SwarmError) => void;
  /** What people want now; null while nobody has said anything. */
  wanted: Wanted | null;
}

/** Leads until the tenure's signal aborts; the core's state then, to be stepped on when it leads again. */
export async function lead(options: LeadOptions, state: SwarmState, tenure: Tenure): Promise<SwarmState> {
  const { clock, store, namespace } = options;
  const { signal } = tenure;
  const [crew, wish] = await surely(clock, () => Promise.all([readCrew(store, namespace), wantedOf(store, namespace)]));
  const leader = openLeader(options, state, tenure);
  const { bodies, loop, recorder } = leader;
  await bodies.sweep([...crew.places.values()]);
  for (const [agentId, place] of crew.places) {
    options.places.set(agentId, place);
    leader.posts.found(agentId, place.post);
  }
  // What people want comes first: a swarm that is to end, or to be of another size, starts nobody in vain.
  if (wish !== null) obey(leader, wish);
  leader.intake.open();
  loop.step({ kind: "lease-won", epoch: tenure.token, record: crew.entries });
  const failed = (thrown: unknown): void => (signal.aborted ? undefined : tenure.end(SwarmError.from(thrown)));
  followWanted(store, namespace, signal, (wanted) => obey(leader, wanted)).catch(failed);
  followOrders(store, namespace, signal, (order, key) => {
    carryOut(leader, order)
      .then(() => remove(leader.by, key))
      .catch(failed);
  }).catch(failed);
  const bulletin = openBulletin({ ...leader.by, meters: leader.meters, loop, silentMs: bodies.silentMs, failed });
  let isOver = false;
  const allGone = async (): Promise<void> => {
    isOver = true;
    await Promise.all([bodies.ended(), recorder.written(), bulletin.close()]);
    tenure.finish();
  };
  const stop = clock.every(options.tickMs, () => {
    bodies.beats();
    const { wanted } = leader;
    if (wanted !== null && !wanted.ended && isEnding(leader)) obey(leader, { ...wanted, ended: true });
    loop.step({ kind: "tick" });
    bulletin.publish();
    if (!isOver && isEnding(leader) && isEmpty(loop.counts())) allGone().catch(failed);
  });
  await ended(signal);
  stop();
  loop.step({ kind: "lease-lost" });
  await bodies.detach();
  return loop.close();
}

/** Everything a tenure works with, wired; nothing moves yet. */
function openLeader(options: LeadOptions, state: SwarmState, { lease, token, signal, end }: Tenure): Leader {
  const { clock, store, namespace, writer, places, voices } = options;
  const by: Writer = { store, namespace, writer, clock, fence: { lease, token } };
  const loop = openLoop(clock, state, (effect) => perform(leader, effect));
  const [answers, meters, posts] = [openAnswers(), openMeters(clock), openPosts(options.fallback)];
  voices.clear();
  places.clear();
  const offered = (taskId: string, payload: Json): void => {
    meters.offered(taskId);
    loop.step(offer(taskId, payload));
  };
  const intake = openIntake({ ...options, ...by, offered, isClosed: () => isEnding(leader), failed: end }, signal);
  const recorder = openRecorder({
    ...by,
    complete: (taskId, answer) => intake.complete(taskId, answers.of(answer)),
    bury: intake.bury,
    decide(voteId, decision) {
      const symbol = symbolOf(intake.payloadOf(voteId)) ?? decision.symbol;
      return intake.decide(voteId, {
        outcome: "decided",
        decision: { ...decision, symbol },
        answers: voices.of(voteId),
      });
    },
    recorded: (upTo) => loop.step({ kind: "recorded", upTo }),
    failed: end,
  });
  const bodies = options.openBodies(
    {
      happened: loop.step,
      answered: ({ result, ...held }) =>
        loop.step({ kind: "answered", ...held, result: answers.keep(held.fence, result) }),
      voted: ({ agentId, voteId, answer }) =>
        loop.step({ kind: "voted", agentId, voteId, ballots: answer === null ? [] : [voices.hear(voteId, answer)] }),
      settle: (agentId, place) => recorder.inLine(agentId, () => keepPlace({ ...by, places, end }, agentId, place)),
    },
    options.swarm,
  );
  const mover = openMover({ ...by, loop, slots: options.slotsPerAgent, signal });
  const parts = { options, by, loop, bodies, intake, recorder, answers, meters, posts, mover };
  const leader: Leader = { ...parts, end, wanted: null };
  return leader;
}

async function carryOut({ bodies, mover }: Leader, order: Order | null): Promise<void> {
  if (order?.kind === "restart") bodies.kill(order.agentId);
  if (order?.kind === "rebalance") await mover.evenOut(order);
}

function obey(leader: Leader, wanted: Wanted): void {
  leader.wanted = wanted;
  leader.posts.want(wanted.posts);
  const { min, max } = isEnding(leader) ? nobody : wanted;
  leader.loop.step({ kind: "resize", min, max, leaving: leader.posts.unwanted() });
}

function isEnding({ wanted, options }: Leader): boolean {
  return wanted !== null && (wanted.ended || (wanted.untilMs !== null && options.clock.nowMs() >= wanted.untilMs));
}

const nobody = { min: 0, max: 0 } as const;

function symbolOf(payload: Json): string | null {
  return isRecord(payload) && typeof payload.symbol === "string" ? payload.symbol : null;
}

function isEmpty({ initializing, ready, draining, error }: SwarmCounts): boolean {
  return initializing + ready + draining + error === 0;
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** `vote: true` in a payload puts the task to a panel instead of to one agent. */
function offer(taskId: string, payload: Json): SwarmEvent {
  return { kind: "offered", taskId, capability: null, vote: isRecord(payload) && payload.vote === true };
}

/** An agent counts as there when the record says where: else a successor would never find it. */
async function keepPlace(
  by: Writer & { readonly places: Map<string, Place>; readonly end: (reason: SwarmError) => void },
  agentId: string,
  place: Place | null,
): Promise<boolean> {
  try {
    if (place === null) await remove(by, `places/${agentId}`);
    else await putForEver(by, `places/${agentId}`, place);
  } catch (thrown) {
    by.end(SwarmError.from(thrown));
    return false;
  }
  if (place === null) by.places.delete(agentId);
  else by.places.set(agentId, place);
  return true;
}

/** Too few agents belong to the swarm for any vote: that is said, and nothing is traded. */
function refuse({ intake, end }: Leader, voteId: string): void {
  intake.decide(voteId, { outcome: "no-panel", action: "none", reason: "no-quorum" }).then(
    () => intake.forget(voteId),
    (thrown: unknown) => end(SwarmError.from(thrown)),
  );
}

function perform(leader: Leader, effect: SwarmEffect): void {
  const { options, bodies, recorder, intake, answers, posts } = leader;
  options.tell(effect);
  leader.meters.saw(effect);
  leader.mover.saw(effect);
  switch (effect.kind) {
    case "record":
      return recorder.take(effect);
    case "done":
      answers.forget(effect.result);
      return intake.forget(effect.taskId);
    case "dead":
      return intake.forget(effect.taskId);
    case "send":
      return bodies.send(effect.agentId, { ...effect, payload: intake.payloadOf(effect.taskId) });
    case "start":
      return bodies.start(effect.agentId, posts.of(effect.agentId));
    case "adopt":
      return bodies.adopt(effect.agentId, options.places.get(effect.agentId) ?? null);
    case "restart":
      return bodies.restart(effect.agentId, effect.waitMs);
    case "replace":
      return bodies.replace(effect.agentId, effect.waitMs, posts.of(effect.agentId));
    case "stop":
      posts.left(effect.agentId);
      return bodies.stop(effect.agentId);
    case "recall":
      return bodies.recall(effect.agentId, effect);
    case "ask": {
      const { agentId, voteId: taskId } = effect;
      const errand = {
        taskId,
        fence: leader.by.fence.token,
        leaseMs: options.voteWithinMs,
        payload: intake.payloadOf(taskId),
      };
      return bodies.ask(agentId, errand);
    }
    case "decided":
      options.voices.forget(effect.voteId);
      return intake.forget(effect.voteId);
    case "no-panel":
      return refuse(leader, effect.voteId);
    case "full":
      return invariant(false, "the window is smaller than the queue of the core");
    case "accepted":
    case "expired":
    case "moved":
    case "fenced":
    case "detected":
    case "recovered":
    case "escalated":
    case "scaled":
      return;
    default:
      return unreachable(effect);
  }
}
