// A decision whose outcome is known: what each member said before, and what came. Written once, never edited.
import { Type, type Static } from "typebox";

export const ResolvedSchema = Type.Object(
  {
    round: Type.String(),
    symbol: Type.String(),
    /** Decision day and the day the outcome was known, YYYY-MM-DD. Only later votes may know it. */
    asOf: Type.String(),
    resolvedOn: Type.String(),
    /** Whether the close was higher on the later day. */
    up: Type.Boolean(),
    opinions: Type.Array(
      Type.Object(
        {
          agentId: Type.String(),
          /** Probability of a rise that the vote stated: 1/2 plus or minus half its conviction, millionths. */
          upPpm: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 1_000 },
    ),
  },
  { additionalProperties: false },
);
export type Resolved = Static<typeof ResolvedSchema>;
