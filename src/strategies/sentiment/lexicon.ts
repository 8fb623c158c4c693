// Our own words for the tone of finance headlines, written for this package. Three layers: phrases (longest first) that mean
// what they mean whole; verbs of direction whose sign depends on the noun they move; single words with a tone of their own.

/** Whole phrases, weight in [-1, 1]. Matched before anything else, longest first. */
export const phrases: Readonly<Record<string, number>> = {
  "beats estimates": 1,
  "beat estimates": 1,
  "tops estimates": 1,
  "tops expectations": 1,
  "beats expectations": 1,
  "beat expectations": 1,
  "no growth": -0.6,
  "no demand": -0.8,
  "above expectations": 0.9,
  "better than expected": 0.9,
  "stronger than expected": 0.9,
  "raises guidance": 1,
  "raises outlook": 1,
  "raises forecast": 1,
  "lifts guidance": 1,
  "lifts outlook": 1,
  "record quarter": 0.9,
  "record high": 0.8,
  "all time high": 0.8,
  "price target raised": 0.8,
  "raises price target": 0.8,
  "price target cut": -0.8,
  "cuts price target": -0.8,
  "raises dividend": 0.8,
  "share buyback": 0.6,
  "buyback program": 0.6,
  "wins approval": 0.8,
  "misses estimates": -1,
  "missed estimates": -1,
  "misses expectations": -1,
  "falls short of": -0.9,
  "below expectations": -0.9,
  "worse than expected": -0.9,
  "weaker than expected": -0.9,
  "cuts guidance": -1,
  "cuts outlook": -1,
  "cuts forecast": -1,
  "lowers guidance": -1,
  "lowers outlook": -1,
  "profit warning": -1,
  "cuts dividend": -0.9,
  "class action": -0.7,
  "data breach": -0.8,
  "supply shortage": -0.7,
  "production delays": -0.7,
  "no surprise": 0,
  "in line with": 0,
  "meets expectations": 0.1,
  "better than feared": 0.7,
  "not as bad as feared": 0.7,
  "narrower loss": 0.7,
  "wider loss": -0.9,
  "swings to profit": 0.9,
  "swings to loss": -0.9,
};

/** Verbs of direction: 1 up, -1 down. */
export const directions: Readonly<Record<string, number>> = Object.fromEntries([
  ..."rise rises rose rising climb climbs climbed jump jumps jumped surge surges surged soar soars soared grow grows grew growing gain gains gained increase increases increased expand expands expanded accelerate accelerates accelerated rally rallies rallied widen widens widened double doubles doubled higher up raises raised lifts lifted boost boosts boosted"
    .split(" ")
    .map((word) => [word, 1] as const),
  ..."fall falls fell falling drop drops dropped decline declines declined slide slides slid sink sinks sank plunge plunges plunged tumble tumbles tumbled shrink shrinks shrank slow slows slowed slowing decrease decreases decreased ease eases eased narrow narrows narrowed slump slumps slumped weaken weakens weakened lower down cut cuts reduce reduces reduced dip dips dipped"
    .split(" ")
    .map((word) => [word, -1] as const),
]);

/** Nouns a direction acts on: 1 when more of it is good, -1 when more of it is bad. Any other noun counts as good to grow. */
export const nouns: Readonly<Record<string, number>> = Object.fromEntries([
  ..."sales revenue revenues profit profits earnings margin margins demand orders shipments users subscribers shares stock income cash output market growth outlook guidance dividend"
    .split(" ")
    .map((word) => [word, 1] as const),
  ..."cost costs expenses losses loss debt tariffs tariff complaints defects returns inventory delays churn risk risks unemployment inflation taxes tax fines shortages layoffs"
    .split(" ")
    .map((word) => [word, -1] as const),
]);

/** Words with a tone of their own. Words that are neutral in filings (liability, capital, tax, cost) are not here. */
export const tones: Readonly<Record<string, number>> = Object.fromEntries([
  ..."strong robust upbeat optimistic bullish outperform upgrade upgraded upgrades wins win won success successful praised breakthrough popular solid impressive thriving rebound rebounds recovers recovery milestone praise delighted"
    .split(" ")
    .map((word) => [word, 0.6] as const),
  ..."weak weakness disappointing disappoints disappoint bearish underperform downgrade downgraded downgrades lawsuit sued sues probe investigation recall recalls fraud scandal fined hacked outage halted halts bankruptcy default crisis warns warning fears worries concern concerns glitch glitches flaw flaws shortage layoffs defect defects delay delayed delays ban banned"
    .split(" ")
    .map((word) => [word, -0.6] as const),
]);

/** Turn the sign of what follows within three words. */
export const negations: ReadonlySet<string> = new Set([
  "not",
  "no",
  "never",
  "without",
  "denies",
  "denied",
  "avoids",
  "avoided",
  "dismissed",
  "dismisses",
  "drops",
  "ends",
  "resolves",
  "resolved",
  "settles",
  "fails",
  "failed",
  "lacks",
]);

/** Turn the sign of what stands within three words before: "lawsuit dismissed". */
export const laterNegations: ReadonlySet<string> = new Set([
  "dismissed",
  "resolved",
  "settled",
  "averted",
  "withdrawn",
  "denied",
]);

/** Halve what is said. */
export const hedges: ReadonlySet<string> = new Set([
  "may",
  "might",
  "could",
  "reportedly",
  "rumored",
  "rumoured",
  "possible",
  "possibly",
  "expected",
  "likely",
  "seen",
]);
