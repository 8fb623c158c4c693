// Inputs and outputs of what stands around a validation: the plan that is printed before anything runs, and the benchmark alone.
import { Type, type Static } from "typebox";
import { ConfirmCost, ProfileName } from "./swarm.ts";

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });
const MicroUsd = Type.Integer({ description: "micro-US-dollars" });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Target = Type.Enum(["local", "cloud"]);

export const PlanInput = Type.Object(
  {
    profile: Type.Optional(ProfileName),
    forTarget: Type.Optional(
      Type.Enum(["local", "cloud"], { description: "the target to plan for, default the one in use; needs no key" }),
    ),
    shards: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 5, description: "write a signed plan that so many shards have in common" }),
    ),
    out: Type.Optional(Type.String({ minLength: 1, default: "plan", description: "folder of that plan" })),
  },
  closed,
);
export type PlanInput = Static<typeof PlanInput>;

const ClaimPlan = Type.Object(
  {
    id: Type.String(),
    sentence: Type.String(),
    need: Type.Enum(["required", "optional", "info"]),
    samples: Count,
    /** Of its group of cases; claims of one group share them. */
    minutes: Type.Number({ minimum: 0 }),
    microUsd: MicroUsd,
    /** Chance to pass, millionths, when 0.1, 0.2 or 0.5 % of the answers are over the limit; null without a bound. */
    powerPpm: OrNull(Type.Object({ at1000: Count, at2000: Count, at5000: Count }, closed)),
    /** Answers over the limit that still pass. */
    mayExceed: OrNull(Count),
    /** What fewer samples would support at most, none of them over. */
    fewer: Type.Array(Type.Object({ samples: Count, supports: Type.String() }, closed)),
  },
  closed,
);
const Scenario = Type.Object(
  {
    name: Type.String(),
    priceList: Type.String(),
    microUsd: MicroUsd,
    withinBudget: Type.Boolean(),
  },
  closed,
);
export const PlanOutput = Type.Object(
  {
    profile: Type.String(),
    target: Target,
    claims: Type.Array(ClaimPlan),
    total: Type.Object(
      { samples: Count, minutes: Type.Number({ minimum: 0 }), sandboxSeconds: Count, microUsd: MicroUsd },
      closed,
    ),
    budgetMicroUsd: MicroUsd,
    /** False: a cloud run needs confirmCost. */
    withinBudget: Type.Boolean(),
    priceList: Type.Object(
      { id: Type.String(), source: Type.String(), asOf: Type.String(), sha256: Type.String() },
      closed,
    ),
    /** Days of work at both price lists, modelled. */
    scenarios: Type.Array(Scenario),
    assumptions: Type.Array(Type.String()),
    /** The signed plan that was written; null when it was only printed. */
    signed: OrNull(
      Type.Object(
        {
          runId: Type.String(),
          folder: Type.String(),
          planSha256: Type.String(),
          shards: Type.Array(Type.Array(Type.String())),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PlanOutput = Static<typeof PlanOutput>;

export const BenchInput = Type.Object(
  {
    profile: Type.Optional(ProfileName),
    confirmCost: Type.Optional(ConfirmCost),
    out: Type.Optional(
      Type.String({ minLength: 1, default: "reports/bench", description: "folder for the bundle and its reports" }),
    ),
  },
  closed,
);
export type BenchInput = Static<typeof BenchInput>;
export const BenchOutput = Type.Object(
  {
    runId: Type.String(),
    target: Target,
    isolation: Type.String(),
    profile: Type.String(),
    /** Every figure informs; none certifies. */
    claims: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          sentence: Type.String(),
          value: OrNull(Type.Integer()),
          unit: Type.Enum(["ns", "count", "ppm", "microusd"]),
          n: Count,
          provenance: Type.String(),
        },
        closed,
      ),
    ),
    conditions: Type.Array(Type.String()),
    folder: Type.String(),
  },
  closed,
);
export type BenchOutput = Static<typeof BenchOutput>;
