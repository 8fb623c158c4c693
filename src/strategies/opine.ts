// The one door for agents: a role, what it may see, and its opinion. Pure and free of Node built-ins; it runs in a sandbox.
import type { Headline, MarketWindow, Proposal, Role } from "../contracts/frames.ts";
import { candlesOf } from "../market/window.ts";
import { checkParams } from "./check-params.ts";
import { abstain, type Opinion, type PriceOpinion } from "./opinion.ts";
import { synthesise } from "./opinions/coordinator.ts";
import { marketResearchOpinion } from "./opinions/market-research.ts";
import { meanReversionOpinion } from "./opinions/mean-reversion.ts";
import { momentumOpinion } from "./opinions/momentum.ts";
import { pairsOpinion } from "./opinions/pairs.ts";
import { riskOpinion } from "./opinions/risk.ts";
import { sentimentOpinion } from "./opinions/sentiment.ts";
import type { Params } from "./strategy.ts";

/**
 * What a role thinks at the close of the window's last bar. Only the coordinator reads `peers`, only sentiment
 * `headlines`, only pairs `partner`. Abstains when its inputs do not suffice. Throws `usage.invalid` for parameters the role does not have.
 */
export function opine(
  role: Role,
  window: MarketWindow | null,
  headlines: readonly Headline[],
  params: Params,
  peers: readonly Proposal[] = [],
  partner: MarketWindow | null = null,
): Opinion {
  switch (role) {
    case "market-research":
      return fromPrices(marketResearchOpinion, window, params);
    case "momentum":
      return fromPrices(momentumOpinion, window, params);
    case "mean-reversion":
      return fromPrices(meanReversionOpinion, window, params);
    case "pairs":
      return pairsOpinion.form(window, partner, checkParams(pairsOpinion, params));
    case "risk":
      return fromPrices(riskOpinion, window, params);
    case "sentiment":
      return sentimentOpinion.form(window, headlines, checkParams(sentimentOpinion, params));
    case "coordinator":
      return synthesise(peers);
  }
}

function fromPrices(opinion: PriceOpinion, window: MarketWindow | null, params: Params): Opinion {
  const checked = checkParams(opinion, params);
  if (window === null || window.close.length === 0) return abstain(opinion.id, { bars: 0 });
  return opinion.form(candlesOf(window), checked);
}
