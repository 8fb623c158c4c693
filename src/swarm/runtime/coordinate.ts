// A coordinator for as long as its process lives: on standby until it wins the lease, leading until it loses it, again and
// again. Any number of them may stand by; the lease and its fence keep them apart.
import { setMaxListeners } from "node:events";
import type { Random } from "../../host/random.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { SwarmPolicy } from "../core/policy.ts";
import { openSwarmState } from "../core/step.ts";
import type { Place, Presence } from "../../contracts/live-swarm.ts";
import { identityOf } from "./identity.ts";
import { lead, type LeadOptions } from "./lead.ts";
import { bePresent } from "./presence.ts";
import { surely } from "./recorder.ts";
import { openVoices } from "./voices.ts";
import { keepTenure, winTenure, type TenureLimits } from "./tenure.ts";

export interface CoordinateOptions
  extends Omit<LeadOptions, "tickMs" | "voteWithinMs" | "slotsPerAgent" | "swarm" | "places" | "voices">, TenureLimits {
  readonly policy: SwarmPolicy;
  /** Key of the namespace without which the swarm is no more. */
  readonly onlyWhile?: string;
  /** Which process this is. */
  readonly self: Presence;
  readonly random: Random;
  readonly led: (epoch: number) => void;
  /** `reason`: what the record refused; null when the lease ran out or the signal aborted. */
  readonly ceased: (epoch: number, reason: SwarmError | null) => void;
}

/** The lease of whoever leads. */
export const leaseName = "coordinator";
const listeners = 64;

/** Coordinates until the signal aborts, and the agents run on; or until people end or forget the swarm, and they are gone. */
export async function coordinate(options: CoordinateOptions, signal: AbortSignal): Promise<void> {
  if (await isForgotten(options)) return;
  const swarm = await identityOf(options);
  const leave = await bePresent(options);
  try {
    await takeTurns(options, swarm, signal);
  } finally {
    await leave();
    // What a leader said last, of a swarm that was forgotten while it spoke.
    if (await isForgotten(options)) await options.store.deleteNamespace(options.namespace, { writer: options.writer });
  }
}

async function takeTurns(options: CoordinateOptions, swarm: string, signal: AbortSignal): Promise<void> {
  const { store, namespace, policy, random, writer } = options;
  const lease = store.lease(namespace, leaseName);
  const candidate = { ...options, lease, holder: writer };
  const places = new Map<string, Place>();
  const voices = openVoices();
  const { verify } = voices;
  // An agent without a place has no key, and nothing is signed by nobody.
  let state = openSwarmState({ policy, random, verify, keyOf: (agentId) => places.get(agentId)?.publicKey ?? "" });
  const { tickMs, voteWithinMs, slotsPerAgent } = policy;
  for (;;) {
    const token = await winTenure(candidate, signal);
    if (token === null) return;
    if (await isForgotten(options)) {
      await lease.release(token).catch(() => false);
      return;
    }
    options.led(token);
    const over = new AbortController();
    // A tenure waits for many things at once: the record's news, what people want, the lease.
    setMaxListeners(listeners, over.signal);
    const end = (): void => over.abort();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    let reason: SwarmError | null = null;
    const refused = (fault: SwarmError): void => {
      reason ??= fault;
      end();
    };
    const kept = keepTenure(candidate, token, over.signal).then(end, (thrown: unknown) =>
      refused(SwarmError.from(thrown)),
    );
    let isFinished = false;
    const finish = (): void => {
      isFinished = true;
      end();
    };
    const tenure = { lease: leaseName, token, signal: over.signal, end: refused, finish };
    try {
      state = await lead({ ...options, swarm, places, voices, tickMs, voteWithinMs, slotsPerAgent }, state, tenure);
    } finally {
      end();
      signal.removeEventListener("abort", end);
      await kept;
    }
    await lease.release(token).catch(() => false);
    options.ceased(token, reason);
    if (isFinished) return;
  }
}

/** A namespace that was emptied while this one came up or stood by is nobody's swarm: leading it would make it one again. */
async function isForgotten({ store, namespace, clock, onlyWhile }: CoordinateOptions): Promise<boolean> {
  return onlyWhile !== undefined && (await surely(clock, () => store.get(namespace, onlyWhile))) === null;
}
