// Where a continuous function crosses zero, between two points on either side of it. Bisection: slow, and it cannot miss.

const steps = 200;

/** The root of `f` in [low, high], to the last bit that halving can reach. NaN when the ends have the same sign. */
export function findRoot(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  const [atLow, atHigh] = [f(a), f(b)];
  if (atLow === 0) return a;
  if (atHigh === 0) return b;
  if (!(Math.sign(atLow) * Math.sign(atHigh) < 0)) return NaN;
  for (let step = 0; step < steps; step += 1) {
    const middle = (a + b) / 2;
    if (middle === a || middle === b) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (Math.sign(value) === Math.sign(atLow)) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}
