// How many agents there are: the load asks for more or fewer within bounds, the bounds are what people want, and what is missing
// is started and what is too much drains. Nothing that an agent holds is lost by it.
import { decideScale } from "../scale/decide-scale.ts";
import { ownMs } from "../supervise/observer.ts";
import { finishDraining, retire, startAgent } from "./agents.ts";
import type { Inner } from "./inner.ts";
import { population } from "./population.ts";

/** Agents wanted from now on, at least and at most; equal bounds switch the load's say off. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** On standby the bounds are only kept: the first look of a new leader knows them. */
export function onResize(core: Inner, { min, max }: Bounds, leaving: readonly string[]): void {
  core.bounds = { min, max };
  if (!core.leading) return;
  const before = population(core);
  for (const agentId of leaving) dismiss(core, agentId);
  const left = core.wanted - (before - population(core));
  want(core, Math.min(max, Math.max(min, left)));
}

/** It finishes what it holds and goes; who holds nothing, or is not there, goes at once. */
function dismiss(core: Inner, agentId: string): void {
  const agent = core.roster.find(agentId);
  if (agent === undefined || agent.status === "draining" || agent.status === "offline") return;
  if (agent.status !== "ready") return retire(core, agent);
  core.roster.setStatus(agent, "draining");
  finishDraining(core, agent);
}

export function size(core: Inner, nowMs: number): void {
  const { bounds, policy, roster, ledger, wanted } = core;
  const ready = roster.countOf("ready");
  if (ready > 0 && bounds.min < bounds.max) {
    // What waits counts as load: a full queue before idle agents is no idleness.
    const open = ledger.countOf("leased") + ledger.countOf("queued");
    const utilisation = open / (ready * policy.slotsPerAgent);
    const scale = { ...policy.scale, ...bounds };
    want(core, decideScale(scale, { wanted, utilisation, nowMs, changedMs: core.scaledMs }));
  }
  if (core.shrinking) trim(core);
  for (let missing = core.wanted - population(core); missing > 0; missing -= 1) startAgent(core);
}

function want(core: Inner, to: number): void {
  if (to === core.wanted) return;
  core.out.push({ kind: "scaled", from: core.wanted, to });
  core.wanted = to;
  core.scaledMs = ownMs(core.observer);
  trim(core);
}

/**
 * Those about to arrive count too: what cannot be drained yet is looked at again with every tick.
 * The least loaded goes first: it leaves the order when it drains.
 */
function trim(core: Inner): void {
  const { roster, wanted } = core;
  const spare = roster.countOf("ready") - Math.min(1, wanted);
  for (let surplus = Math.min(population(core) - wanted, spare); surplus > 0; surplus -= 1) {
    const agent = roster.first(null) ?? roster.nth(0);
    if (agent === undefined) break;
    roster.setStatus(agent, "draining");
    finishDraining(core, agent);
  }
  core.shrinking = population(core) > wanted;
}
