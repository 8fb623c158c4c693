// What happens to messages on their way: dropped, delayed, doubled; reordered because every copy takes its own time.
import type { SignedBallot } from "../../src/contracts/signed-ballot.ts";
import type { Random } from "../../src/host/random.ts";

export interface Weather {
  readonly drop: number;
  readonly double: number;
  /** Longest way, in units of the deadline. */
  readonly longest: number;
}

/** Ballots that come later do not count; they still testify. */
export const deadline = 1;

export interface Delivery {
  readonly at: number;
  readonly ballot: SignedBallot;
}

/** A third of all weather is calm: nothing lost, nothing late. */
export function drawWeather(random: Random): Weather {
  const calm = random.next() < 1 / 3;
  const [drop, double, late] = [random.next() * 0.4, random.next() * 0.5, random.next()];
  return calm ? { drop: 0, double, longest: deadline } : { drop, double, longest: deadline * (1 + late) };
}

/** What each observer receives, in order of arrival. */
export function deliver(
  random: Random,
  { drop, double, longest }: Weather,
  sent: readonly { readonly to: number; readonly ballot: SignedBallot }[],
  observers: number,
): readonly (readonly Delivery[])[] {
  const received = Array.from({ length: observers }, (): Delivery[] => []);
  for (const { to, ballot } of sent) {
    if (random.next() < drop) continue;
    const copies = random.next() < double ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) received[to]?.push({ at: random.next() * longest, ballot });
  }
  for (const list of received) list.sort((a, b) => a.at - b.at);
  return received;
}
