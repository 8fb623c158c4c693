// The named ways to agree, as rules. Shares are exact; what a mode does not take is refused by name.
import type { ConsensusRule } from "../contracts/ballots.ts";
import type { ConsensusMode } from "../contracts/names.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { fraction } from "./fraction.ts";

export interface RuleRequest {
  readonly mode: ConsensusMode;
  /** Mode `threshold` only, and needed there: the share of all assigned weight that must agree, as `2/3` or `0.66`. */
  readonly threshold?: string | undefined;
}

/** The rule of a mode; `usual` is the majority rule and the source of the deadband. Throws `usage.invalid`. */
export function ruleFor({ mode, threshold }: RuleRequest, usual: ConsensusRule): ConsensusRule {
  if (threshold !== undefined && mode !== "threshold") {
    throw new SwarmError("usage.invalid", `Cannot use a threshold of ${threshold}: the mode ${mode} has its own`, {
      hint: "Leave threshold out, or use the mode threshold",
      details: { field: "threshold" },
    });
  }
  const { deadbandPpm } = usual;
  switch (mode) {
    case "majority":
      return usual;
    case "unanimous":
      return { mode, quorum: { num: 1, den: 1 }, threshold: { num: 1, den: 1 }, deadbandPpm };
    case "byzantine":
      return { mode, quorum: { num: 2, den: 3 }, threshold: { num: 2, den: 3 }, deadbandPpm };
    case "threshold": {
      if (threshold === undefined) {
        throw new SwarmError("usage.invalid", "Cannot agree by a threshold: no share is given", {
          hint: "Give threshold, for instance 3/4",
          details: { field: "threshold" },
        });
      }
      const share = fraction(threshold);
      if (2 * share.num > share.den) return { mode, quorum: share, threshold: share, deadbandPpm };
      throw new SwarmError("usage.invalid", `Cannot agree by a share of ${threshold}: two sides could both have it`, {
        hint: "Use more than 1/2",
        details: { field: "threshold" },
      });
    }
  }
}
