// Kelly for several positions at once. Continuous: Σ⁻¹μ. Discrete: the stakes that maximise the expected logarithm over the
// joint outcomes, by Newton's method with a barrier that is lowered until it no longer matters.
import { SwarmError } from "../contracts/swarm-error.ts";
import { cell, dot, solve, type Matrix } from "../numerics/matrix.ts";

/** Full fractions Σ⁻¹μ; both per the same period. Throws `usage.invalid` for a singular covariance. */
export function kellyContinuous(cov: Matrix, mu: readonly number[]): number[] {
  return solve(cov, mu);
}

/** μᵢ/σᵢᵢ: what ignoring correlation would stake. Printed beside the other, never used. */
export function kellyNaive(cov: Matrix, mu: readonly number[]): number[] {
  return mu.map((value, i) => value / cell(cov, i, i));
}

/** One joint outcome: its probability, and the profit per 1 staked on each bet. */
export interface JointOutcome {
  readonly probability: number;
  readonly payoffs: readonly number[];
}

/** Probabilities that both, only the first, only the second, or neither of two correlated events happen. */
export function jointOfTwo(p1: number, p2: number, rho: number): readonly [number, number, number, number] {
  const both = p1 * p2 + rho * Math.sqrt(p1 * (1 - p1) * p2 * (1 - p2));
  const four = [both, p1 - both, p2 - both, 1 - p1 - p2 + both] as const;
  if (four.every((p) => p >= 0)) return four;
  throw new SwarmError("usage.invalid", `Cannot join ${p1} and ${p2} with a correlation of ${rho}`, {
    hint: "Such a correlation does not exist for these probabilities: move it toward 0",
  });
}

export interface JointStakes {
  /** Of the bankroll, each at least 0, together below 1. */
  readonly stakes: readonly number[];
  /** Expected logarithm of the bankroll's growth. */
  readonly growth: number;
}

const barriers = 16;
const steps = 60;
const halvings = 60;
/** A stake below this is the barrier's, not the bet's. */
const dust = 1e-9;

/** Maximises Σ P·ln(1 + Σ fᵢ·payoffᵢ), f ≥ 0, Σ f < 1. Throws `usage.invalid` when probabilities do not sum to one. */
export function kellyTogether(outcomes: readonly JointOutcome[]): JointStakes {
  const count = outcomes[0]?.payoffs.length ?? 0;
  const total = outcomes.reduce((sum, { probability }) => sum + probability, 0);
  const complete = outcomes.every(({ payoffs, probability }) => payoffs.length === count && probability >= 0);
  if (count === 0 || !complete || Math.abs(total - 1) > 1e-9) {
    throw new SwarmError("usage.invalid", `Cannot size the bets: the joint probabilities sum to ${total}, not 1`, {
      hint: "Give every joint outcome once, each with a payoff for every bet",
    });
  }
  let stakes = Array.from({ length: count }, () => 0.5 / (count + 1));
  for (let k = 0; k < barriers; k += 1) stakes = climb(outcomes, stakes, 10 ** -k);
  const settled = stakes.map((stake) => (stake < dust ? 0 : stake));
  return { stakes: settled, growth: value(outcomes, settled, 0) };
}

function climb(outcomes: readonly JointOutcome[], from: readonly number[], barrier: number): number[] {
  let stakes = [...from];
  for (let step = 0; step < steps; step += 1) {
    const { gradient, curvature } = slopes(outcomes, stakes, barrier);
    const direction = solve(curvature, gradient);
    if (dot(direction, gradient) < 1e-28) break;
    const next = ascend(outcomes, stakes, direction, barrier);
    if (next === null) break;
    stakes = next;
  }
  return stakes;
}

function ascend(
  outcomes: readonly JointOutcome[],
  stakes: readonly number[],
  direction: readonly number[],
  barrier: number,
): number[] | null {
  const now = value(outcomes, stakes, barrier);
  for (let halving = 0, length = 1; halving < halvings; halving += 1, length /= 2) {
    const next = stakes.map((stake, i) => stake + length * (direction[i] ?? NaN));
    if (value(outcomes, next, barrier) >= now) return next;
  }
  return null;
}

/** NaN outside of what may be staked, so that no comparison accepts it. */
function value(outcomes: readonly JointOutcome[], stakes: readonly number[], barrier: number): number {
  const rest = 1 - stakes.reduce((sum, stake) => sum + stake, 0);
  if (!(rest > 0) || stakes.some((stake) => stake < 0)) return NaN;
  const growth = outcomes.reduce((sum, { probability, payoffs }) => {
    return probability === 0 ? sum : sum + probability * Math.log(1 + dot(stakes, payoffs));
  }, 0);
  if (barrier === 0) return growth;
  return growth + barrier * (Math.log(rest) + stakes.reduce((sum, stake) => sum + Math.log(stake), 0));
}

/** Gradient, and the negative of the second derivatives. */
function slopes(
  outcomes: readonly JointOutcome[],
  stakes: readonly number[],
  barrier: number,
): { readonly gradient: number[]; readonly curvature: number[][] } {
  const rest = 1 - stakes.reduce((sum, stake) => sum + stake, 0);
  const gradient = stakes.map((stake) => barrier / stake - barrier / rest);
  const curvature = stakes.map((stake, i) =>
    stakes.map((_, j) => barrier / rest ** 2 + (i === j ? barrier / stake ** 2 : 0)),
  );
  for (const { probability, payoffs } of outcomes) {
    const wealth = 1 + dot(stakes, payoffs);
    payoffs.forEach((a, i) => {
      gradient[i] = (gradient[i] ?? NaN) + (probability * a) / wealth;
      const row = curvature[i] ?? [];
      payoffs.forEach((b, j) => (row[j] = (row[j] ?? NaN) + (probability * a * b) / wealth ** 2));
    });
  }
  return { gradient, curvature };
}
