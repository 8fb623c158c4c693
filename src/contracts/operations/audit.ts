// Input and output of `audit`: the numeric claims of a Markdown report, each graded.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });

export const AuditInput = Type.Object(
  {
    report: Type.String({ minLength: 1, maxLength: 4096, description: "Markdown file whose numbers are graded" }),
    evidence: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4096,
        description: "report folder of a run; when its evidence verifies, its claims prove numbers",
      }),
    ),
    most: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 50_000,
        default: 100,
        description: "most claims that are listed, worst first",
      }),
    ),
  },
  closed,
);
export type AuditInput = Static<typeof AuditInput>;

export const AuditOutput = Type.Object(
  {
    exitCode: Type.Enum([0, 1, 6], { description: "0 nothing refused, 1 something contradicted, 6 only unsupported" }),
    counts: Type.Object(
      { proven: Count, contradicted: Count, unsupported: Count, unclaimed: Count },
      { ...closed, description: "claims of the whole report; unclaimed are dates, versions, ids and limits" },
    ),
    claims: Type.Array(
      Type.Object(
        {
          grade: Type.Enum(["proven", "contradicted", "unsupported"]),
          lint: Type.String({ description: "the lint that decided; recomputed or evidence for what is proven" }),
          line: Type.Integer({ minimum: 1 }),
          text: Type.String({ description: "the number or phrase as printed" }),
          sentence: Type.String(),
          because: Type.String(),
          operands: Type.Array(Type.String(), { description: "what it was compared with, each with its line" }),
          also: Type.Array(Type.String(), { description: "other lints that refuse it" }),
          wanted: Type.String({ description: "what evidence would prove it" }),
        },
        closed,
      ),
    ),
    unclaimed: Type.Array(
      Type.Object({ line: Type.Integer({ minimum: 1 }), text: Type.String(), reason: Type.String() }, closed),
    ),
    leftOut: Type.Integer({ minimum: 0, description: "claims that are counted and not listed" }),
  },
  closed,
);
export type AuditOutput = Static<typeof AuditOutput>;
