// Every request to the target passes here: its turn, the breaker, and what is sent again. Counted, so that a run can tell what
// was retried and refused.
import { SwarmError } from "../../contracts/swarm-error.ts";
import type { Clock } from "../../host/clock.ts";
import type { Random } from "../../host/random.ts";
import type { BreakerSettings, ManagerSettings } from "../manager-settings.ts";
import type { Doing } from "../sandbox-fault.ts";
import { admit, closedBreaker, settle, type Sign } from "./circuit-breaker.ts";
import { retryDelayMs } from "./retry-policy.ts";
import { openTokenBucket } from "./token-bucket.ts";

export interface TrafficCounts {
  /** Asked for by the manager; one of these may be several HTTP requests. */
  readonly sent: number;
  readonly retried: number;
  /** Not sent, because the breaker was open. */
  readonly rested: number;
  readonly breaker: "closed" | "open" | "half-open";
}

export interface Traffic {
  /** Sends it when its turn comes, again where that is safe. Throws what `call` throws, `target.resting`, `sandbox.rate-limited`. */
  pass<T>(doing: Doing, call: () => Promise<T>): Promise<T>;
  counts(): TrafficCounts;
}

/** Longest wait for a turn, ms, and most creates that may follow each other without a pause. */
const maxTurnMs = 60_000;
const createBurst = 1;

export function openTraffic(clock: Clock, random: Random, settings: ManagerSettings): Traffic {
  const { rate, breaker, retries } = settings;
  const requests = openTokenBucket(clock, {
    perSecond: rate.requests,
    burst: Math.max(1, Math.ceil(rate.requests)),
    maxWaitMs: maxTurnMs,
    what: "request",
  });
  const creates = openTokenBucket(clock, {
    perSecond: rate.creates,
    burst: createBurst,
    maxWaitMs: maxTurnMs,
    what: "create",
  });
  const gate = openGate(clock, breaker);
  const counts = { sent: 0, retried: 0, rested: 0 };
  /** What ends something waits for its turn however long that takes: it is never refused. */
  const turn = async ({ about, ending = false }: Doing): Promise<void> => {
    await requests.take(ending);
    if (about === "create") await creates.take();
  };
  const send = async <T>(doing: Doing, call: () => Promise<T>): Promise<T> => {
    await turn(doing);
    const entry = gate.enter(doing.ending ?? false);
    if (entry.kind === "rest") {
      counts.rested += 1;
      throw resting(doing, entry.waitMs);
    }
    counts.sent += 1;
    try {
      const value = await call();
      entry.leave("healthy");
      return value;
    } catch (thrown) {
      entry.leave(signOf(SwarmError.from(thrown), doing));
      throw thrown;
    }
  };
  return {
    async pass(doing, call) {
      // A create is tried again by who knows how to look for the one before (create.ts).
      const most = doing.about === "create" ? 0 : retries.asks;
      for (let sent = 1; ; sent++) {
        try {
          return await send(doing, call);
        } catch (thrown) {
          const repeatable = doing.repeatable ?? false;
          const delayMs = retryDelayMs(SwarmError.from(thrown), { sent, retries: most, repeatable }, random);
          if (delayMs === null) throw thrown;
          counts.retried += 1;
          await clock.sleep(delayMs);
        }
      }
    },
    counts: () => ({ ...counts, breaker: gate.kind() }),
  };
}

type Entry =
  | { readonly kind: "go"; readonly leave: (sign: Sign) => void }
  | { readonly kind: "rest"; readonly waitMs: number };

interface Gate {
  /** What ends something never rests; sent to a resting target it does not count. */
  enter(ending: boolean): Entry;
  kind(): TrafficCounts["breaker"];
}

/** The breaker's state and the clock. */
function openGate(clock: Clock, settings: BreakerSettings): Gate {
  let state = closedBreaker;
  return {
    kind: () => state.kind,
    enter(ending) {
      const uncounted: Entry = { kind: "go", leave: () => undefined };
      if (settings.failures === 0) return uncounted;
      const admission = admit(state, clock.monotonicNs());
      if (admission.kind === "rest") return ending ? uncounted : admission;
      state = admission.state;
      const tried = state.kind === "half-open";
      const leave = (sign: Sign): void => {
        state = settle(state, { sign, tried, nowNs: clock.monotonicNs() }, settings);
      };
      return { kind: "go", leave };
    },
  };
}

/** A command's timeout may be the command's or the target's; any other answer, also one that says no, is one. */
function signOf({ code }: SwarmError, { about }: Doing): Sign {
  switch (code) {
    case "target.unreachable":
    case "target.failed":
    case "sandbox.create-failed":
      return "sick";
    case "sandbox.timeout":
      return about === "command" || about === "file" ? "nothing" : "sick";
    case "cancelled":
    case "internal":
      return "nothing";
    default:
      return "healthy";
  }
}

function resting(doing: Doing, waitMs: number): SwarmError {
  const until = waitMs === 0 ? "one call is trying it" : `it is tried again in ${waitMs} ms`;
  return new SwarmError("target.resting", `Cannot ${doing.what}: the target failed several times in a row, ${until}`, {
    hint: "Check the target, then try again; E2B_SWARM_BREAKER=0 sends every call all the same",
    details: { waitMs },
  });
}
