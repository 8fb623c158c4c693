// A coordinator of this folder's record over this folder's target: everything real, wired together.
import { hostname } from "node:os";
import type { Coordinate } from "../../contracts/live-swarm.ts";
import { identify } from "../../host/process-identity.ts";
import { invariant } from "../../contracts/invariant.ts";
import type { SwarmEffect } from "../../swarm/core/effects.ts";
import { defaultPolicy, type SwarmPolicy } from "../../swarm/core/policy.ts";
import { coordinate } from "../../swarm/runtime/coordinate.ts";
import { tenureLimits, type TenureLimits } from "../../swarm/runtime/tenure.ts";
import type { Parts } from "../parts.ts";
import { programPath } from "../paths.ts";
import { openAgentBodies } from "./agent-bodies.ts";
import { openWork } from "./work.ts";

export interface CoordinatorOptions extends Coordinate {
  readonly tenure?: TenureLimits;
  readonly led?: (epoch: number) => void;
  readonly ceased?: (epoch: number, reason: string | null) => void;
  /** Every effect as it is performed. */
  readonly tell?: (effect: SwarmEffect) => void;
}

/** How long a sandbox outlives the last leader, seconds. */
const lifeSeconds = 120;
/** A dead leader's tasks can be claimed again after it. */
const claimMs = 1_200;
/** Silence is looked for so often, ms: with 200 ms between beats a stop is noticed 500 to 800 ms after it. */
const tickMs = 100;
/** An agent answers within milliseconds: with so many at hand it works while questions and answers travel. */
const slotsPerAgent = 8;
/** Tasks in hand for each task that agents can hold. */
const windowFactor = 2;

/** Coordinates until the signal aborts: stands by, leads, stands by again. Agents run on when it ends. */
export async function runCoordinator(parts: Parts, options: CoordinatorOptions, signal: AbortSignal): Promise<void> {
  const { namespace, agents, maxAgents = agents, role = "momentum" } = options;
  const { clock, random, log } = parts;
  const [store, sandboxes] = await Promise.all([parts.store(), parts.sandboxes()]);
  const { adoptAgent, startAgent } = await import("../../agents/driver/start-agent.ts");
  const driver = { sandboxes, clock, random, log, bundlePath: programPath("agent") };
  const scale = { ...defaultPolicy.scale, min: agents, max: agents };
  const policy = { ...policyOf(options), scale };
  const self = identify(process.pid);
  invariant(self !== null, "this process is alive");
  const bodies = { sandboxes, clock, log, lifeSeconds };
  const taskOf = openWork();
  await coordinate(
    {
      store,
      namespace,
      queueName: "tasks",
      writer: `coordinator-${self.pid}:${self.startedAt}`,
      clock,
      random,
      policy,
      self: { pid: self.pid, startedAt: self.startedAt, host: hostname() },
      ...tenureLimits,
      ...options.tenure,
      ...(options.onlyWhile === undefined ? {} : { onlyWhile: options.onlyWhile }),
      window: windowFactor * Math.max(1, maxAgents) * policy.slotsPerAgent,
      claimMs,
      fallback: { postId: "any", role, symbols: [], params: {} },
      led: options.led ?? (() => undefined),
      ceased: (epoch, reason) => options.ceased?.(epoch, reason?.message ?? null),
      tell: options.tell ?? (() => undefined),
      openBodies: (reports, swarm) =>
        openAgentBodies(
          {
            ...bodies,
            swarm,
            taskOf,
            startAgent: (request) => startAgent(driver, request),
            adoptAgent: (request) => adoptAgent(driver, request),
          },
          reports,
        ),
    },
    signal,
  );
}

/** The policy these words ask for; what they leave open is the default. */
function policyOf({ maxAttempts, topology, distribution, deadbandPpm, ...words }: Coordinate): SwarmPolicy {
  return {
    ...defaultPolicy,
    tickMs,
    slotsPerAgent: words.slotsPerAgent ?? slotsPerAgent,
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(deadbandPpm === undefined ? {} : { deadbandPpm }),
    ...(topology === undefined ? {} : { overlay: { kind: topology, arity: defaultPolicy.overlay.arity } }),
  };
}
