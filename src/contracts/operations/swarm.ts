// Inputs and outputs of the agent, swarm, backtest and validation operations.
import { Type, type Static } from "typebox";
import { DecisionSchema } from "../ballots.ts";
import { ProposalSchema, RoleSchema } from "../frames.ts";
import { consensusModes, roleNames, sizingNames } from "../names.ts";

const closed = { additionalProperties: false } as const;
const Symbols = Type.Array(Type.String({ minLength: 1, maxLength: 20 }), {
  minItems: 1,
  maxItems: 50,
  description: "symbols of the installed series",
});
const IsoDate = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "YYYY-MM-DD" });
const Params = Type.Record(Type.String(), Type.Number(), { description: "parameters of the strategy" });

export const DeployInput = Type.Object(
  {
    agentType: Type.String({ minLength: 1, maxLength: 60, description: `one of ${roleNames.join(", ")}` }),
    symbols: Type.Optional(Symbols),
    sandboxId: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "run there; default: a new sandbox" }),
    ),
    strategyParams: Type.Optional(Params),
    useGpu: Type.Optional(Type.Boolean({ default: false, description: "needs a target with GPUs" })),
    asOf: Type.Optional(IsoDate),
  },
  closed,
);
export type DeployInput = Static<typeof DeployInput>;
export const DeployOutput = Type.Object(
  {
    agentId: Type.String(),
    agentType: RoleSchema,
    sandboxId: Type.String(),
    symbols: Type.Array(Type.String()),
    status: Type.Enum(["running", "completed"]),
    deployedAt: Type.String({ format: "date-time" }),
    readyMs: Type.Number({ minimum: 0, description: "from the call to the agent's first signed answer" }),
    proposals: Type.Array(ProposalSchema),
  },
  closed,
);
export type DeployOutput = Static<typeof DeployOutput>;

const Percent = Type.Optional(Type.Number({ minimum: 0, maximum: 1_000 }));
export const DecideInput = Type.Object(
  {
    strategy: Type.Optional(
      Type.Enum(["reference"], { default: "reference", description: "the five-role reference swarm" }),
    ),
    swarmId: Type.Optional(
      Type.String({
        pattern: "^swarm_[0-9a-z]{16}$",
        description:
          "put it to this live swarm, by the quorum that outvotes f liars of 3f + 1; default: a swarm of its own",
      }),
    ),
    decideWithinSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 3_600, default: 300, description: "for each decision of a live swarm" }),
    ),
    symbols: Type.Optional(Symbols),
    asOf: Type.Optional(IsoDate),
    headlines: Type.Optional(
      Type.Boolean({ default: true, description: "let the sentiment agent read the labelled headline fixture" }),
    ),
    consensus: Type.Optional(
      Type.Enum([...consensusModes], {
        default: "majority",
        description: "how the swarm agrees; byzantine gives a certificate that anyone can verify",
      }),
    ),
    threshold: Type.Optional(
      Type.String({
        maxLength: 30,
        description: "share of all weight that must agree, as 3/4 or 0.8; consensus threshold only",
      }),
    ),
    sizing: Type.Optional(
      Type.Enum([...sizingNames], {
        default: "conviction",
        description: "how large a position is wished before the limits",
      }),
    ),
    sizingFraction: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.25,
        description: "of equity for fixed-fraction and equal-risk, of the full stake for kelly",
      }),
    ),
    targetVolatilityPct: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1_000,
        default: 10,
        description: "percent a year of all positions together, for volatility-target",
      }),
    ),
    limits: Type.Optional(
      Type.Object(
        {
          perSymbolPct: Percent,
          grossPct: Percent,
          netPct: Percent,
          drawdownPct: Percent,
          dailyLossPct: Percent,
        },
        {
          ...closed,
          description:
            "percent of equity: perSymbolPct, grossPct, netPct; losses that stop buying: drawdownPct, dailyLossPct",
        },
      ),
    ),
    broker: Type.Optional(
      Type.Enum(["loopback", "alpaca"], {
        description: "also send the orders to a paper broker: one of its own on loopback, or Alpaca's paper API",
      }),
    ),
    orderRun: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z0-9_-]{1,60}$",
        description: "name of the run in order ids: the same name asks for the same orders again (default: a new one)",
      }),
    ),
  },
  closed,
);
export type DecideInput = Static<typeof DecideInput>;

const MicroUsdSchema = Type.Integer({ description: "micro-US-dollars" });
export const DecideOutput = Type.Object(
  {
    executionId: Type.String(),
    status: Type.Enum(["completed"]),
    startedAt: Type.String({ format: "date-time" }),
    completedAt: Type.String({ format: "date-time" }),
    agents: Type.Array(
      Type.Object(
        {
          agentId: Type.String(),
          role: RoleSchema,
          sandboxId: Type.String(),
          template: Type.String(),
          memoryKey: Type.String(),
        },
        closed,
      ),
    ),
    decisions: Type.Array(
      Type.Object(
        {
          symbol: Type.String(),
          asOf: IsoDate,
          decision: DecisionSchema,
          /** The signed proposals the ballots stand for: anyone can check them against the members' keys. */
          answers: Type.Array(Type.Object({ proposal: ProposalSchema, signature: Type.String() }, closed)),
          /** Byzantine only: canonical JSON of the quorum certificate, null without a quorum. `verify` takes it as a file. */
          certificate: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          /** Byzantine only: canonical JSON of a proof for every member that signed two ballots. */
          equivocations: Type.Optional(Type.Array(Type.String())),
          /** Orders after sizing and limits; empty when nothing is traded. */
          orders: Type.Array(
            Type.Object(
              { symbol: Type.String(), side: Type.Enum(["buy", "sell"]), quantity: Type.Integer({ minimum: 0 }) },
              closed,
            ),
          ),
          clamps: Type.Array(
            Type.Object(
              {
                limit: Type.String(),
                beforePpm: Type.Integer(),
                afterPpm: Type.Integer(),
                limitPpm: Type.Integer(),
                reason: Type.String(),
              },
              closed,
            ),
          ),
          fill: Type.Union([
            Type.Object(
              { date: IsoDate, priceMicroUsd: MicroUsdSchema, quantity: Type.Integer(), feeMicroUsd: MicroUsdSchema },
              closed,
            ),
            Type.Null(),
          ]),
        },
        closed,
      ),
    ),
    portfolio: Type.Object(
      { cashMicroUsd: MicroUsdSchema, positionsMicroUsd: MicroUsdSchema, equityMicroUsd: MicroUsdSchema },
      closed,
    ),
    /** What became of the orders at the paper broker. */
    broker: Type.Optional(
      Type.Object(
        {
          kind: Type.Enum(["loopback", "alpaca"]),
          account: Type.String(),
          run: Type.String(),
          orders: Type.Array(
            Type.Object(
              {
                clientOrderId: Type.String(),
                symbol: Type.String(),
                side: Type.Enum(["buy", "sell"]),
                quantity: Type.Integer({ minimum: 1 }),
                state: Type.Enum(["held", "intended", "sending", "accepted", "rejected", "refused", "unknown"]),
                reasons: Type.Array(Type.String()),
              },
              closed,
            ),
          ),
          executions: Type.Integer({ minimum: 0 }),
          /** Where books and broker differ; not empty stops trading on the account. */
          differences: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
    cost: Type.Object(
      {
        priceList: Type.String(),
        currency: Type.Literal("USD"),
        totalMicroUsd: MicroUsdSchema,
        sandboxSeconds: Type.Number({ minimum: 0 }),
        provenance: Type.Enum(["measured", "modelled"]),
      },
      closed,
    ),
  },
  closed,
);
export type DecideOutput = Static<typeof DecideOutput>;

/** As in harness/claims/profiles.ts; a test holds the two together. */
export const ProfileName = Type.Enum(["gate", "readiness", "stress", "soak"], {
  default: "gate",
  description: "how much is measured: gate for CI, readiness for everything, stress up to the knee, soak for an hour",
});
export const ConfirmCost = Type.Boolean({
  default: false,
  description: "start a cloud run although its estimate is above the budget",
});
export const ValidateInput = Type.Object(
  {
    layers: Type.Optional(
      Type.Array(Type.Enum(["backend", "mcp", "cli", "trading", "production"]), {
        description: "only these layers; the run is then incomplete",
      }),
    ),
    out: Type.Optional(Type.String({ description: "folder for reports, default reports" })),
    bench: Type.Optional(
      Type.Boolean({ default: true, description: "false leaves the benchmark out; the run is then incomplete" }),
    ),
    sabotage: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
        minItems: 1,
        maxItems: 200,
        description: "instead of a run: plant these defects, or all, into copies of the package and see who notices",
      }),
    ),
    profile: Type.Optional(ProfileName),
    confirmCost: Type.Optional(ConfirmCost),
    plan: Type.Optional(
      Type.String({ minLength: 1, description: "folder of a signed plan that several shards have in common" }),
    ),
    shard: Type.Optional(
      Type.String({ pattern: "^[1-9]/[1-9]$", description: "record only this part of the plan, such as 1/3" }),
    ),
    merge: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        minItems: 1,
        maxItems: 9,
        description: "judge the report folders of these shards together; nothing is measured",
      }),
    ),
  },
  closed,
);
export type ValidateInput = Static<typeof ValidateInput>;
export const VerdictSchema = Type.Enum(["CERTIFIED", "CONDITIONAL", "INCOMPLETE", "REFUSED"]);
const Counts = Type.Record(Type.String(), Type.Integer());
const Names = Type.Array(Type.String());
const SabotageSchema = Type.Object(
  {
    tried: Type.Integer({ minimum: 0 }),
    caught: Type.Integer({ minimum: 0 }),
    seconds: Type.Integer({ minimum: 0 }),
    defects: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          sentence: Type.String(),
          expected: Names,
          caughtBy: Names,
          also: Type.Array(Type.String(), { description: "who complained besides" }),
          saw: Type.String({ description: "the first complaint that was new" }),
          verdict: Type.Union([VerdictSchema, Type.Null()]),
          caught: Type.Boolean(),
          ms: Type.Integer({ minimum: 0 }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export const ValidateOutput = Type.Object(
  {
    runId: Type.String(),
    verdict: Type.Union([VerdictSchema, Type.Null()], { description: "null for a sabotage, which judges the checks" }),
    target: Type.Enum(["local", "cloud"]),
    isolation: Type.String(),
    claims: Counts,
    conditions: Type.Array(Type.String()),
    folder: Type.String(),
    sabotage: Type.Optional(SabotageSchema),
  },
  closed,
);
export type ValidateOutput = Static<typeof ValidateOutput>;

export const VerifyInput = Type.Object(
  {
    folder: Type.String({
      minLength: 1,
      description: "report folder of a run, or file with a quorum certificate or proof",
    }),
    integrityOnly: Type.Optional(Type.Boolean({ default: false, description: "exit 0 or 7 whatever the verdict" })),
    trust: Type.Optional(
      Type.String({
        minLength: 1,
        description: "file of keys (keys/1) that may have signed; another signer is a problem",
      }),
    ),
  },
  closed,
);
export type VerifyInput = Static<typeof VerifyInput>;
export const VerifyOutput = Type.Object(
  {
    verified: Type.Boolean(),
    verdict: Type.Union([VerdictSchema, Type.Null()]),
    checked: Type.Array(Type.String(), { description: "what was looked at" }),
    remarks: Type.Array(Type.String(), { description: "what the reader must know besides" }),
    problems: Type.Array(
      Type.Object(
        {
          file: Type.String(),
          place: Type.Union([Type.String(), Type.Null()], { description: "line or field" }),
          claim: Type.Union([Type.String(), Type.Null()]),
          problem: Type.String(),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type VerifyOutput = Static<typeof VerifyOutput>;
