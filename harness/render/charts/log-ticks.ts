// Round tick values of a logarithmic axis: one, two and five of each decade, or fewer when that is too many.

const DECADES = 16;

export function logTicks([low, high]: readonly [number, number], most: number): readonly number[] {
  const decades = Array.from({ length: DECADES }, (_, exponent) => 10 ** exponent);
  const inside = (ns: number): boolean => ns >= low && ns <= high;
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const ticks = decades.flatMap((decade) => steps.map((step) => step * decade)).filter((ns) => inside(ns));
    if (ticks.length <= most) return ticks;
  }
  const ones = decades.filter((ns) => inside(ns));
  const stride = Math.ceil(ones.length / most);
  return ones.filter((_, index) => index % stride === 0);
}
