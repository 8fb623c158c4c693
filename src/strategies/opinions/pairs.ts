// The pairs role: what the symbol costs against its partner. Dear against it is a sell, cheap a buy, near their usual distance
// a hold. It says nothing of two prices that do not move together.
import type { MarketWindow } from "../../contracts/frames.ts";
import type { Parametrised } from "../check-params.ts";
import { abstain, figure, unit, voteOf, type Opinion } from "../opinion.ts";
import { pairsDefaults, pairsPoint } from "../rules/pairs-z.ts";
import { decimal, whole, type Params } from "../strategy.ts";

const id = "pairs-z";

export interface PairOpinion extends Parametrised {
  form(window: MarketWindow | null, partner: MarketWindow | null, params: Params): Opinion;
}

/**
 * z of the residual of ln A on 1 and ln B over `period` bars that both have (reference trading §6), A the symbol and B its
 * partner; conviction = min(1, |z|/(2·enter)) beyond ±enter, and 1 - |z|/enter for the hold inside. Abstains when the hedge
 * ratio is not above 0, when B is A, and when they share too few bars or not the decision bar.
 */
export const pairsOpinion: PairOpinion = {
  id,
  params: {
    period: whole(pairsDefaults.period, 20, 252, "bars of the fit, the current one included"),
    enter: decimal(pairsDefaults.enter, 0.1, 10, "vote beyond this many deviations"),
  },
  form(window, partner, { period = pairsDefaults.period, enter = pairsDefaults.enter }) {
    if (window === null || partner === null || window.symbol === partner.symbol) return abstain(id, { bars: 0 });
    const [lnA, lnB] = sharedLogs(window, partner);
    const { z, beta } = pairsPoint(lnA, lnB, lnA.length - 1, { ...pairsDefaults, period });
    const figures = { z: figure(z), hedgeRatio: figure(beta), bars: lnA.length };
    const sharesDecisionBar = window.t.length > 0 && window.t.at(-1) === partner.t.at(-1);
    if (!sharesDecisionBar || !Number.isFinite(z) || !(beta > 0)) return abstain(id, figures);
    const vote = voteOf(-z, enter);
    const conviction = vote === "hold" ? unit(1 - Math.abs(z) / enter) : unit(Math.abs(z) / (2 * enter));
    return { vote, conviction, strategy: id, figures };
  },
};

/** Logs of the closes of the bars that both have. */
function sharedLogs(a: MarketWindow, b: MarketWindow): readonly [Float64Array, Float64Array] {
  const closes = new Map(b.t.map((time, i) => [time, b.close[i]]));
  const both = a.t.flatMap((time, i): [number, number][] => {
    const [ours = 0, theirs = 0] = [a.close[i], closes.get(time)];
    return ours > 0 && theirs > 0 ? [[Math.log(ours), Math.log(theirs)]] : [];
  });
  return [Float64Array.from(both, ([ours]) => ours), Float64Array.from(both, ([, theirs]) => theirs)];
}
