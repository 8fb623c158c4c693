// Standard normal numbers from a seeded stream, by Marsaglia's polar method.
import { seededRandom, type Random } from "../../host/random.ts";

export interface Draws {
  readonly uniform: () => number;
  readonly normal: () => number;
}

export function drawsOf(random: Random): Draws {
  let spare = NaN;
  const uniform = (): number => random.next();
  return {
    uniform,
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = NaN;
        return value;
      }
      for (;;) {
        const [a, b] = [2 * uniform() - 1, 2 * uniform() - 1];
        const square = a * a + b * b;
        // A point on the disc: about one pair in five is drawn again.
        if (square >= 1 || square === 0) continue;
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        spare = b * factor;
        return a * factor;
      }
    },
  };
}

export function seededDraws(seed: number): Draws {
  return drawsOf(seededRandom(seed));
}
