// How much a run measures, as data: four profiles with the samples of each group of benchmark cases, the arrival of requests
// and how long sampling may go on. Sizes follow from power, not from patience (reference "measurement", section 5.1).

export const profileNames = ["gate", "readiness", "stress", "soak"] as const;
export type ProfileName = (typeof profileNames)[number];

/**
 * Groups of cases that are measured together. `crew`: sandboxes, agents and votes on one schedule; `own`: functions of this
 * package; `five`: whole deployments; `hundred`, `thousand`: so many tasks at once; `recovery`: an agent killed in a live
 * swarm; `ladder`: more and more sandboxes at once; `ramp`: more and more requests a second.
 */
export const benchGroups = ["crew", "own", "five", "hundred", "thousand", "recovery", "ladder", "ramp"] as const;
export type BenchGroup = (typeof benchGroups)[number];

export interface Profile {
  readonly name: ProfileName;
  readonly summary: string;
  /** False leaves the five suites out: the profile is about load only. */
  readonly suites: boolean;
  /** Samples of each metric of a group; 0 leaves the group out. */
  readonly samples: Readonly<Record<BenchGroup, { readonly local: number; readonly cloud: number }>>;
  /** From one sandbox of the crew to the next, ms. On the local target the run measures how fast this machine is and plans
   * at least this much. */
  readonly arrivalMs: { readonly local: number; readonly cloud: number };
  /** Sampling of correlated metrics may go on this long beyond the planned number, s. */
  readonly moreSeconds: number;
}

/** A P99 with up to three over at 95 %: 773, in whole swarms of five. */
const powerful = 775;
const both = (samples: number): { readonly local: number; readonly cloud: number } => ({
  local: samples,
  cloud: samples,
});
const none = both(0);

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  gate: {
    name: "gate",
    summary: "every required claim at full power; for CI",
    suites: true,
    samples: {
      crew: both(powerful),
      own: both(powerful),
      five: both(3),
      hundred: both(100),
      thousand: none,
      recovery: none,
      ladder: none,
      ramp: none,
    },
    arrivalMs: { local: 180, cloud: 1_000 },
    moreSeconds: 120,
  },
  readiness: {
    name: "readiness",
    summary: "everything: recovery, the ladder and a thousand tasks besides",
    suites: true,
    samples: {
      crew: both(powerful),
      own: both(powerful),
      five: both(15),
      hundred: both(100),
      thousand: both(1_000),
      recovery: both(60),
      ladder: both(30),
      ramp: none,
    },
    arrivalMs: { local: 200, cloud: 1_000 },
    moreSeconds: 180,
  },
  stress: {
    name: "stress",
    summary: "more and more requests a second until they can no longer be served, and a thousand tasks",
    suites: false,
    samples: {
      crew: none,
      own: none,
      five: none,
      hundred: none,
      thousand: both(1_000),
      recovery: none,
      ladder: both(30),
      ramp: both(1),
    },
    arrivalMs: { local: 200, cloud: 1_000 },
    moreSeconds: 0,
  },
  soak: {
    name: "soak",
    summary: "the gate's load for an hour",
    suites: false,
    samples: {
      crew: { local: 7_200, cloud: 3_600 },
      own: { local: 7_200, cloud: 3_600 },
      five: none,
      hundred: none,
      thousand: none,
      recovery: none,
      ladder: none,
      ramp: none,
    },
    arrivalMs: { local: 500, cloud: 1_000 },
    moreSeconds: 0,
  },
};

/** Rungs of the ladder: sandboxes that work at once. */
export const ladderRungs = [1, 2, 3, 5, 10] as const;
/** Steps of the ramp: requests a second, each step for as long as the next line says, s. */
export const rampRates = [5, 10, 20, 40, 80, 160, 320] as const;
export const rampStepSeconds = 5;

/** Samples a plan asks of each metric of a group; a step of the ramp has as many as its rate makes. */
export function samplesOf(profile: Profile, group: BenchGroup, target: "local" | "cloud"): number {
  return profile.samples[group][target];
}
