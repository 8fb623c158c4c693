// One tenure of a live coordinator: events go into the pure core one by one, its effects are performed in order, and what
// came of them comes back as events. When the tenure is over nothing is performed any more and the agents run on.
import { unreachable, invariant } from "../../contracts/invariant.ts";
import { isRecord, type Json } from "../../contracts/json.ts";
import type { RecordStore } from "../../contracts/record-store.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { SwarmEffect } from "../core/effects.ts";
import type { SwarmEvent } from "../core/events.ts";
import { countsOf, stepSwarm, type SwarmCounts, type SwarmState } from "../core/step.ts";
import type { Bodies, OpenBodies, Place } from "./bodies.ts";
import { openAnswers, type Answers } from "./answers.ts";
import { openIntake, type Intake, type IntakeLimits } from "./intake.ts";
import { readCrew } from "./crew.ts";
import type { Voices } from "./voices.ts";
import { followWanted } from "./wanted.ts";
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
  readonly bodies: Bodies;
  readonly intake: Intake;
  readonly recorder: Recorder;
  readonly answers: Answers;
  readonly epoch: number;
  readonly end: (reason: SwarmError) => void;
}

/** Leads until the tenure's signal aborts; the core's state then, to be stepped on when it leads again. */
export async function lead(options: LeadOptions, state: SwarmState, tenure: Tenure): Promise<SwarmState> {
  const { clock, store, namespace, writer } = options;
  const { lease, token, signal, end } = tenure;
  const by: Writer = { store, namespace, writer, clock, fence: { lease, token } };
  const crew = await surely(clock, () => readCrew(store, namespace));
  const loop = openLoop(clock, state, (effect) => perform(leader, effect));
  const { places, voices } = options;
  voices.clear();
  places.clear();
  for (const [agentId, place] of crew.places) places.set(agentId, place);
  const answers = openAnswers();
  let isEnding = false;
  const isClosed = (): boolean => isEnding;
  const offered = (taskId: string, payload: Json): void => loop.step(offer(taskId, payload));
  const intake = openIntake({ ...options, ...by, offered, isClosed, failed: end }, signal);
  const recorder = openRecorder({
    ...by,
    complete: (taskId, answer) => intake.complete(taskId, answers.of(answer)),
    bury: intake.bury,
    decide: (voteId, decision) => intake.decide(voteId, { outcome: "decided", decision, answers: voices.of(voteId) }),
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
      settle: (agentId, place) => settle({ ...by, places, end }, agentId, place),
    },
    options.swarm,
  );
  const leader: Leader = { options, bodies, intake, recorder, answers, epoch: token, end };
  await bodies.sweep([...crew.places.values()]);
  loop.open();
  loop.step({ kind: "lease-won", epoch: token, record: crew.entries });
  const follow = followWanted(store, namespace, signal, ({ min, max, ended }) => {
    isEnding = ended;
    loop.step({ kind: "resize", min, max });
  });
  follow.catch((thrown: unknown) => (signal.aborted ? undefined : end(SwarmError.from(thrown))));
  const allGone = async (): Promise<void> => {
    await Promise.all([bodies.ended(), recorder.written()]);
    tenure.finish();
  };
  const stop = clock.every(options.tickMs, () => {
    bodies.beats();
    loop.step({ kind: "tick" });
    if (isEnding && isEmpty(loop.counts())) void allGone();
  });
  await ended(signal);
  stop();
  loop.step({ kind: "lease-lost" });
  await bodies.detach();
  return loop.close();
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
async function settle(
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

interface Loop {
  /** Events before this wait. */
  readonly open: () => void;
  readonly step: (event: SwarmEvent) => void;
  readonly counts: () => SwarmCounts;
  readonly close: () => SwarmState;
}

/** Most events that may wait for the one before them. */
const maxEvents = 100_000;

/** One event at a time: what an effect causes at once waits until the effects before it are performed. */
function openLoop(clock: Clock, first: SwarmState, act: (effect: SwarmEffect) => void): Loop {
  let state = first;
  let phase: "shut" | "idle" | "busy" | "closed" = "shut";
  const events: SwarmEvent[] = [];
  const drain = (): void => {
    if (phase !== "idle") return;
    phase = "busy";
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      const next = stepSwarm(state, event, Number(clock.monotonicNs()) / 1e6);
      ({ state } = next);
      next.effects.forEach(act);
    }
    phase = "idle";
  };
  return {
    open() {
      phase = "idle";
    },
    step(event) {
      if (phase === "closed") return;
      invariant(events.length < maxEvents, `at most ${maxEvents} events wait`);
      // The epoch comes first: what waits for it are the first tasks it claimed.
      if (event.kind === "lease-won") events.unshift(event);
      else events.push(event);
      drain();
    },
    counts: () => countsOf(state),
    close() {
      phase = "closed";
      return state;
    },
  };
}

function perform(leader: Leader, effect: SwarmEffect): void {
  const { options, bodies, recorder, intake, answers } = leader;
  options.tell(effect);
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
      return bodies.start(effect.agentId);
    case "adopt":
      return bodies.adopt(effect.agentId, options.places.get(effect.agentId) ?? null);
    case "restart":
      return bodies.restart(effect.agentId, effect.waitMs);
    case "replace":
      return bodies.replace(effect.agentId, effect.waitMs);
    case "stop":
      return bodies.stop(effect.agentId);
    case "recall":
      return bodies.recall(effect.agentId, effect);
    case "ask": {
      const { agentId, voteId: taskId } = effect;
      const errand = { taskId, fence: leader.epoch, leaseMs: options.voteWithinMs, payload: intake.payloadOf(taskId) };
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
