// Closed lists of names, apart from the schemas that use them: shipped code imports these without loading TypeBox.

export const roleNames = [
  "market-research",
  "sentiment",
  "momentum",
  "mean-reversion",
  "pairs",
  "risk",
  "coordinator",
] as const;

/** How a swarm agrees: share of the weight, a stated share, everyone, or a quorum that outvotes f liars among 3f + 1. */
export const consensusModes = ["majority", "threshold", "unanimous", "byzantine"] as const;
export type ConsensusMode = (typeof consensusModes)[number];

/** Other words people use for a role. */
export const roleAliases: Readonly<Record<string, string>> = {
  mean_reversion: "mean-reversion",
  market_research: "market-research",
  researcher: "market-research",
  trend_follower: "momentum",
  pairs_trading: "pairs",
  risk_manager: "risk",
};

/** `node` and `nodejs` are one template. A target may know more templates; an unknown name is refused by the target. */
export const templateAliases: Readonly<Record<string, string>> = { nodejs: "node" };

/** Who of a swarm gets a task. */
export const distributionNames = ["round-robin", "least-loaded", "specialised", "consensus", "adaptive"] as const;
export type Distribution = (typeof distributionNames)[number];

/** How the agents of a swarm are connected. */
export const topologyKinds = ["mesh", "hierarchical", "ring", "star"] as const;
export type TopologyKind = (typeof topologyKinds)[number];

/** Leagues that sports data is offered for, and who offers it. */
export const sportNames = ["nfl", "nba", "mlb", "nhl", "epl"] as const;
export type SportName = (typeof sportNames)[number];
export const feedSources = ["sleeper", "espn", "odds"] as const;
export type FeedSource = (typeof feedSources)[number];

/** How large a position is wished before the limits. */
export const sizingNames = ["conviction", "fixed-fraction", "volatility-target", "kelly", "equal-risk"] as const;
