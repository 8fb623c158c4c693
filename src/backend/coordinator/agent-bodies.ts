// The coordinator's orders, carried out on real agents in real sandboxes. Each agent has one order at a time: a newer one
// supersedes what is under way, and what that had made is ended.
import type { Place } from "../../contracts/live-swarm.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Agent } from "../../agents/driver/start-agent.ts";
import type { Bodies, BodyReports } from "../../swarm/runtime/bodies.ts";
import {
  awaitEnd,
  bodyOf,
  extend,
  extendAll,
  homeless,
  later,
  leave,
  letDie,
  newSandbox,
  sweep,
  type AgentBodiesOptions,
  type Crew,
  type Order,
} from "./body.ts";
import { ask, send } from "./errands.ts";

/** Agents brought up at a time: more of them only slow each other down, and the leader, until it loses its lease. */
const maxBringing = 4;
/** Time for an agent to introduce itself again to a new coordinator, ms. */
const adoptWithinMs = 1_000;

type Bring = (order: Order, act: () => Promise<Agent>) => Promise<Agent>;

export function openAgentBodies(options: AgentBodiesOptions, reports: BodyReports): Bodies {
  const crew: Crew = { options, reports, bodies: new Map(), ending: new Set(), isOver: false };
  const { clock, lifeSeconds } = options;
  const stopExtending = clock.every((lifeSeconds * 1_000) / 3, () => void extendAll(crew));
  const inTurn = openGate(maxBringing);
  const bring: Bring = (order, act) =>
    inTurn(() => (order.isCurrent() ? act() : Promise.reject(homeless(order.agentId))));
  return {
    ...ordersOf(crew, bring),
    stop(agentId) {
      const body = bodyOf(crew, agentId);
      body.turn += 1;
      awaitEnd(crew, Promise.all([leave(crew, body), reports.settle(agentId, null)]));
    },
    kill: (agentId) =>
      void bodyOf(crew, agentId)
        .agent?.kill()
        .catch(() => undefined),
    silentMs(agentId) {
      const heardNs = crew.bodies.get(agentId)?.agent?.lastHeardNs();
      return heardNs === undefined ? 0 : Math.max(0, Number(clock.monotonicNs() - heardNs) / 1e6);
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

/** What brings an agent up, whichever way. */
function ordersOf(crew: Crew, bring: Bring): Pick<Bodies, "start" | "adopt" | "restart" | "replace"> {
  const { options } = crew;
  const begin = async ({ agentId, body: { post } }: Order, sandboxId: string): Promise<Agent> => {
    if (post === null) throw homeless(agentId);
    return options.startAgent({ sandboxId, agentId, role: post.role });
  };
  const inNewSandbox = (order: Order): Promise<Agent> =>
    bring(order, async () => begin(order, await newSandbox(crew, order)));
  return {
    start(agentId, post) {
      bodyOf(crew, agentId).post = post;
      give(crew, agentId, inNewSandbox);
    },
    adopt: (agentId, place) => give(crew, agentId, (order) => adopt(crew, order, place), true),
    restart: (agentId, waitMs) =>
      give(crew, agentId, async (order) => {
        const { sandboxId } = order.body;
        void letDie(order.body);
        await options.clock.sleep(waitMs);
        if (sandboxId === null) throw homeless(agentId);
        return bring(order, () => begin(order, sandboxId));
      }),
    replace(agentId, waitMs, post) {
      bodyOf(crew, agentId).post = post;
      give(crew, agentId, async (order) => {
        void leave(crew, order.body);
        await options.clock.sleep(waitMs);
        return inNewSandbox(order);
      });
    },
  };
}

async function adopt(crew: Crew, { agentId, body }: Order, place: Place | null): Promise<Agent> {
  if (place === null) throw homeless(agentId);
  const { sandboxId, processId, publicKey, post } = place;
  Object.assign(body, { sandboxId, post });
  const found = { sandboxId, processId, publicKey, role: post.role };
  const agent = await crew.options.adoptAgent({ ...found, agentId, readyWithinMs: adoptWithinMs });
  // Leaders that change more often than they extend must not use up its life.
  void extend(crew, sandboxId);
  return agent;
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
  const brought = bring().catch((thrown: unknown) => {
    if (!order.isCurrent()) return;
    const { code, message } = SwarmError.from(thrown);
    crew.options.log.write("warn", "agent not brought", { agentId, reason: message });
    // One that does not answer its new coordinator may still be running in there: its sandbox goes with it.
    const isGone = body.sandboxId === null || code === "sandbox.not-found" || code === "sandbox.gone";
    crew.reports.happened({ kind: "not-started", agentId, sandboxGone: found || isGone });
  });
  awaitEnd(crew, brought);
}

/**
 * The agent is there once the record says where; then it takes work. "unwanted": somebody wants another one by now.
 * "unknown": the tenure is over and the record may name this program; the next coordinator adopts it or sweeps its sandbox.
 */
async function moveIn(crew: Crew, order: Order, agent: Agent): Promise<"in" | "unwanted" | "unknown"> {
  const { agentId, body, isCurrent } = order;
  if (!isCurrent()) return "unwanted";
  const { sandboxId, processId, publicKey } = agent;
  const { post } = body;
  if (post === null) return "unwanted";
  const sinceMs = crew.options.clock.nowMs();
  const isSettled = await crew.reports.settle(agentId, { sandboxId, processId, publicKey, post, sinceMs });
  if (!isSettled || crew.isOver) return "unknown";
  if (!isCurrent()) return "unwanted";
  body.agent = agent;
  body.heardNs = agent.lastHeardNs();
  void agent.ended.then((reason) => {
    if (reason === null || body.agent !== agent || !isCurrent()) return;
    body.agent = null;
    crew.reports.happened({ kind: "exited", agentId, sandboxGone: reason.details.exitCode === null });
  });
  crew.reports.happened({ kind: "joined", agentId, capabilities: [post.role], holding: [] });
  return "in";
}

function beats({ bodies, reports }: Crew): void {
  for (const [agentId, body] of bodies) {
    const heardNs = body.agent?.lastHeardNs() ?? body.heardNs;
    if (heardNs === body.heardNs) continue;
    body.heardNs = heardNs;
    reports.happened({ kind: "beat", agentId });
  }
}
