// Input and output of `report` and `diff`: reports drawn again from evidence, and two runs compared.
import { Type, type Static } from "typebox";
import { VerdictSchema } from "./swarm.ts";

const closed = { additionalProperties: false } as const;

export const ReportInput = Type.Object(
  {
    folder: Type.String({ minLength: 1, description: "report folder of a run" }),
    formats: Type.Optional(
      Type.Array(Type.Enum(["html", "markdown", "junit", "ctrf", "sarif", "summary", "json", "badge"]), {
        maxItems: 8,
        description: "what to draw; everything by default",
      }),
    ),
    out: Type.Optional(
      Type.String({
        minLength: 1,
        description: "folder to write into; without it only files that the run folder lost are put back",
      }),
    ),
  },
  closed,
);
export type ReportInput = Static<typeof ReportInput>;

export const ReportOutput = Type.Object(
  {
    runId: Type.String(),
    verdict: VerdictSchema,
    expired: Type.Boolean({ description: "the run's certificate is too old to be relied on" }),
    folder: Type.String(),
    files: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          bytes: Type.Integer(),
          sha256: Type.String(),
          state: Type.Enum(["identical", "differs", "added"], { description: "against what the run itself wrote" }),
          written: Type.Boolean(),
        },
        closed,
      ),
    ),
    remarks: Type.Array(Type.String(), { description: "sign-offs that were left out, and why" }),
  },
  closed,
);
export type ReportOutput = Static<typeof ReportOutput>;

export const DiffInput = Type.Object(
  {
    before: Type.String({ minLength: 1, description: "report folder of the run that is compared with" }),
    after: Type.String({ minLength: 1, description: "report folder of the run that is judged" }),
    control: Type.Optional(
      Type.String({
        minLength: 1,
        description: "report folder of a second run of the first build: the A/A control, taken after the judged run",
      }),
    ),
    marginPpm: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: "how much slower is still not worse, in ppm of the first run's median; 100000 is ten percent",
      }),
    ),
  },
  closed,
);
export type DiffInput = Static<typeof DiffInput>;

const OrNull = Type.Union([Type.Integer(), Type.Null()]);
export const DiffOutput = Type.Object(
  {
    before: Type.String(),
    after: Type.String(),
    control: Type.Union([Type.String(), Type.Null()]),
    verdict: Type.Enum(["not-worse", "worse", "inconclusive", "void"]),
    reasons: Type.Array(Type.String()),
    marginPpm: Type.Integer(),
    confPpm: Type.Integer(),
    metrics: Type.Array(
      Type.Object(
        {
          metric: Type.String(),
          verdict: Type.Enum(["PASS", "FAIL", "UNDECIDED", "INSUFFICIENT", "INFO"]),
          nBefore: Type.Integer({ description: "independent observations" }),
          nAfter: Type.Integer(),
          medianBeforeNs: OrNull,
          medianAfterNs: OrNull,
          shiftNs: OrNull,
          shiftLowerNs: OrNull,
          shiftUpperNs: OrNull,
          gateLowerNs: OrNull,
          gateUpperNs: OrNull,
          marginNs: OrNull,
          pPpm: Type.Integer({ description: "two-sided Mann-Whitney" }),
          pHolmPpm: Type.Integer({ description: "adjusted for the number of metrics" }),
          method: Type.Enum(["exact", "normal"]),
          smallestPPpm: Type.Integer({ description: "smallest p that these numbers of observations can reach" }),
          a12Ppm: Type.Integer({ description: "chance that an observation of the second run is the larger one" }),
          control: Type.Union([
            Type.Object({ lowerNs: OrNull, upperNs: OrNull, holds: Type.Boolean() }, closed),
            Type.Null(),
          ]),
          note: Type.String(),
        },
        closed,
      ),
    ),
    changed: Type.Array(Type.Object({ what: Type.String(), before: Type.String(), after: Type.String() }, closed), {
      description: "what else is different between the runs",
    }),
  },
  closed,
);
export type DiffOutput = Static<typeof DiffOutput>;
