// The coordinator's orders, carried out on real agents in real sandboxes. Each agent has one order at a time: a newer one
// supersedes what is under way, and what that had made is ended.
import type { Json } from "../../contracts/json.ts";
import type { Role, Task } from "../../contracts/frames.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../host/log.ts";
import type { Agent, AdoptRequest, AgentRequest } from "../../agents/driver/start-agent.ts";
import type { Sandboxes } from "../../sandboxes/open-sandboxes.ts";
import type { Bodies, BodyReports, Errand, Place, Voice } from "../../swarm/runtime/bodies.ts";
import type { Asked } from "./work.ts";

export interface AgentBodiesOptions {
  readonly sandboxes: Sandboxes;
  readonly clock: Clock;
  readonly log: Log;
  readonly role: Role;
  readonly template: string;
  /** Names of this swarm's sandboxes start so; those of another swarm are left alone. */
  readonly swarm: string;
  /** Life of a sandbox beyond the last sign of a leader: it is extended three times in this time. */
  readonly lifeSeconds: number;
  readonly startAgent: (request: AgentRequest) => Promise<Agent>;
  readonly adoptAgent: (request: AdoptRequest) => Promise<Agent>;
  readonly taskOf: (payload: Json, asked: Asked) => Task;
}

interface Body {
  /** Counts orders; what an older one still brings is unwanted. */
  turn: number;
  sandboxId: string | null;
  agent: Agent | null;
  heardNs: bigint;
}

interface Order {
  readonly agentId: string;
  readonly body: Body;
  readonly isCurrent: () => boolean;
}

interface Crew {
  readonly options: AgentBodiesOptions;
  readonly reports: BodyReports;
  readonly bodies: Map<string, Body>;
  /** Ends under way. */
  readonly ending: Set<Promise<unknown>>;
  isOver: boolean;
}

/** Agents brought up at a time: more of them only slow each other down, and the leader, until it loses its lease. */
const maxBringing = 4;
/** Time for an agent to introduce itself again to a new coordinator, ms. */
const adoptWithinMs = 1_000;

export function openAgentBodies(options: AgentBodiesOptions, reports: BodyReports): Bodies {
  const crew: Crew = { options, reports, bodies: new Map(), ending: new Set(), isOver: false };
  const { clock, role, lifeSeconds } = options;
  const stopExtending = clock.every((lifeSeconds * 1_000) / 3, () => void extendAll(crew));
  const inTurn = openGate(maxBringing);
  const begin = async ({ agentId }: Order, sandboxId: string): Promise<Agent> =>
    options.startAgent({ sandboxId, agentId, role });
  const bring = (order: Order, act: () => Promise<Agent>): Promise<Agent> =>
    inTurn(() => (order.isCurrent() ? act() : Promise.reject(homeless(order.agentId))));
  const inNewSandbox = (order: Order): Promise<Agent> =>
    bring(order, async () => begin(order, await newSandbox(crew, order)));
  return {
    start: (agentId) => give(crew, agentId, inNewSandbox),
    adopt: (agentId, place) =>
      give(
        crew,
        agentId,
        async ({ body }) => {
          if (place === null) throw homeless(agentId);
          body.sandboxId = place.sandboxId;
          return options.adoptAgent({ ...place, agentId, role, readyWithinMs: adoptWithinMs });
        },
        true,
      ),
    restart: (agentId, waitMs) =>
      give(crew, agentId, async (order) => {
        const { sandboxId } = order.body;
        void letDie(order.body);
        await clock.sleep(waitMs);
        if (sandboxId === null) throw homeless(agentId);
        return bring(order, () => begin(order, sandboxId));
      }),
    replace: (agentId, waitMs) =>
      give(crew, agentId, async (order) => {
        void leave(crew, order.body);
        await clock.sleep(waitMs);
        return inNewSandbox(order);
      }),
    stop(agentId) {
      const body = bodyOf(crew, agentId);
      body.turn += 1;
      const ended = Promise.all([leave(crew, body), reports.settle(agentId, null)]);
      crew.ending.add(ended);
      void ended.finally(() => crew.ending.delete(ended));
    },
    send: (agentId, errand) => void send(crew, agentId, errand),
    ask: (agentId, errand) => void ask(crew, agentId, errand),
    // A program works on what it was sent in the order it came, within milliseconds: nothing can be taken back from it.
    recall: (agentId, { taskId, fence }) => later(crew, { kind: "returned", agentId, taskId, fence, unbegun: false }),
    beats: () => beats(crew),
    sweep: (known) => sweep(crew, known),
    async ended() {
      while (crew.ending.size > 0) await Promise.all(crew.ending);
    },
    async detach() {
      crew.isOver = true;
      stopExtending();
      await Promise.allSettled([...crew.bodies.values()].map(async ({ agent }) => agent?.detach()));
    },
  };
}

/** So many at a time, in the order they came. */
function openGate(limit: number): (act: () => Promise<Agent>) => Promise<Agent> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (act) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function bodyOf({ bodies }: Crew, agentId: string): Body {
  const known = bodies.get(agentId);
  if (known !== undefined) return known;
  const body: Body = { turn: 0, sandboxId: null, agent: null, heardNs: 0n };
  bodies.set(agentId, body);
  return body;
}

/** Reports outside the step that gave the order. */
function later({ reports }: Crew, event: Parameters<BodyReports["happened"]>[0]): void {
  queueMicrotask(() => reports.happened(event));
}

/** `found`: the program was running before the order; an order that is superseded leaves it alone. */
function give(crew: Crew, agentId: string, carryOut: (order: Order) => Promise<Agent>, found = false): void {
  const body = bodyOf(crew, agentId);
  const turn = ++body.turn;
  const order: Order = { agentId, body, isCurrent: () => !crew.isOver && body.turn === turn };
  const bring = async (): Promise<void> => {
    const agent = await carryOut(order);
    const outcome = await moveIn(crew, order, agent);
    if (outcome === "unwanted") await (found ? agent.detach() : agent.kill());
    if (outcome === "unknown") await agent.detach();
  };
  bring().catch((thrown: unknown) => {
    if (!order.isCurrent()) return;
    const { code, message } = SwarmError.from(thrown);
    crew.options.log.write("warn", "agent not brought", { agentId, reason: message });
    // One that does not answer its new coordinator may still be running in there: its sandbox goes with it.
    const isGone = body.sandboxId === null || code === "sandbox.not-found" || code === "sandbox.gone";
    crew.reports.happened({ kind: "not-started", agentId, sandboxGone: found || isGone });
  });
}

/**
 * The agent is there once the record says where; then it takes work. "unwanted": somebody wants another one by now.
 * "unknown": the tenure is over and the record may name this program; the next coordinator adopts it or sweeps its sandbox.
 */
async function moveIn(crew: Crew, order: Order, agent: Agent): Promise<"in" | "unwanted" | "unknown"> {
  const { agentId, body, isCurrent } = order;
  if (!isCurrent()) return "unwanted";
  const { sandboxId, processId, publicKey } = agent;
  const isSettled = await crew.reports.settle(agentId, { sandboxId, processId, publicKey });
  if (!isSettled || crew.isOver) return "unknown";
  if (!isCurrent()) return "unwanted";
  body.agent = agent;
  body.heardNs = agent.lastHeardNs();
  void agent.ended.then((reason) => {
    if (reason === null || body.agent !== agent || !isCurrent()) return;
    body.agent = null;
    crew.reports.happened({ kind: "exited", agentId, sandboxGone: reason.details.exitCode === null });
  });
  crew.reports.happened({ kind: "joined", agentId, capabilities: [crew.options.role], holding: [] });
  return "in";
}

async function newSandbox(crew: Crew, { agentId, body, isCurrent }: Order): Promise<string> {
  const { sandboxes, template, swarm, lifeSeconds } = crew.options;
  // Kept: it outlives this process, and the next coordinator finds it in the record or sweeps it away by its name.
  const wanted = { template, name: `${swarm}/${agentId}`, keep: true, timeoutSeconds: lifeSeconds };
  const { sandboxId } = await sandboxes.create(wanted);
  if (isCurrent()) body.sandboxId = sandboxId;
  else await endSandbox(crew, sandboxId);
  return sandboxId;
}

/** All coordinators dead: nothing extends any more, and what they left ends by itself. */
async function extendAll({ bodies, options }: Crew): Promise<void> {
  const { sandboxes, lifeSeconds, log } = options;
  const living = [...bodies.values()].flatMap(({ sandboxId }) => sandboxId ?? []);
  const extended = living.map(async (sandboxId) => {
    try {
      await sandboxes.extend(sandboxId, lifeSeconds);
    } catch (thrown) {
      // When it is gone its agent's end says so; when the target allows no longer life it is replaced at its end.
      log.write("warn", "sandbox not extended", { sandboxId, reason: SwarmError.from(thrown).code });
    }
  });
  await Promise.all(extended);
}

async function letDie(body: Body): Promise<void> {
  const { agent } = body;
  body.agent = null;
  await agent?.kill().catch(() => undefined);
}

/** Ends the program and its sandbox. */
async function leave(crew: Crew, body: Body): Promise<void> {
  const { sandboxId } = body;
  body.sandboxId = null;
  // The program ends with its sandbox; its own end would only be waited for.
  void letDie(body);
  if (sandboxId !== null) await endSandbox(crew, sandboxId);
}

async function endSandbox({ options }: Crew, sandboxId: string): Promise<void> {
  try {
    await options.sandboxes.terminate(sandboxId);
  } catch (thrown) {
    // It ends at its deadline at the latest, and the next leader sweeps.
    options.log.write("warn", "sandbox not ended", { sandboxId, reason: SwarmError.from(thrown).code });
  }
}

async function send(crew: Crew, agentId: string, errand: Errand): Promise<void> {
  const { agent } = bodyOf(crew, agentId);
  const { taskId, fence, leaseMs, payload } = errand;
  // It has just gone: the event of its end takes the task back.
  if (agent === null) return;
  try {
    const task = crew.options.taskOf(payload, { agentId, role: agent.role, taskId, fence });
    const { proposal, signature } = await agent.ask(task, { timeoutMs: leaseMs });
    const result: Json = { agentId, publicKey: agent.publicKey, fence, proposal, signature };
    crew.reports.answered({ agentId, taskId, fence, result });
  } catch (thrown) {
    const { code } = SwarmError.from(thrown);
    // Its end is reported by itself, and lateness by the core's own deadline.
    if (code === "agent.exited" || code === "agent.timeout" || code === "agent.frame") return;
    later(crew, { kind: "refused", agentId, taskId, fence });
  }
}

/** One answer, or silence at once: nobody waits for who cannot speak. */
async function ask(crew: Crew, agentId: string, { taskId, fence, leaseMs, payload }: Errand): Promise<void> {
  const { agent } = bodyOf(crew, agentId);
  const say = (answer: Voice["answer"]): void =>
    queueMicrotask(() => crew.reports.voted({ agentId, voteId: taskId, answer }));
  if (agent === null) return say(null);
  try {
    const task = crew.options.taskOf(payload, { agentId, role: agent.role, taskId, fence });
    const { proposal, signature } = await agent.ask(task, { timeoutMs: leaseMs });
    say({ proposal, signature });
  } catch {
    // Why it said nothing is its own matter; an end, a lie and a late answer are reported by themselves.
    say(null);
  }
}

function beats({ bodies, reports }: Crew): void {
  for (const [agentId, body] of bodies) {
    const heardNs = body.agent?.lastHeardNs() ?? body.heardNs;
    if (heardNs === body.heardNs) continue;
    body.heardNs = heardNs;
    reports.happened({ kind: "beat", agentId });
  }
}

async function sweep(crew: Crew, known: readonly Place[]): Promise<void> {
  const { sandboxes, swarm, log } = crew.options;
  const named = new Set(known.map(({ sandboxId }) => sandboxId));
  try {
    for (const { sandboxId, name } of await sandboxes.list()) {
      if (name.startsWith(`${swarm}/`) && !named.has(sandboxId)) void endSandbox(crew, sandboxId);
    }
  } catch (thrown) {
    log.write("warn", "strays not looked for", { reason: SwarmError.from(thrown).code });
  }
}

function homeless(agentId: string): SwarmError {
  return new SwarmError("sandbox.gone", `Agent ${agentId} has no sandbox any more`, {
    hint: "It is given another one",
  });
}
