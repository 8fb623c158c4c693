// How much worse than its price an order fills. Pure functions of the order and the bar, except for the seeded noise, whose
// stream is drawn once per fill and so replays.
import { SwarmError } from "../contracts/swarm-error.ts";
import { seededRandom } from "../host/random.ts";
import type { Slippage } from "./engine-config.ts";

/** The share of the price lost by an order of `units` on a bar with `volume`. */
export type Slip = (units: number, volume: number) => number;

const basisPoint = 1e-4;

/** null when orders fill at their price. The slip of `volume` throws `market.data` on a bar without any. */
export function slipOf(slippage: Slippage): Slip | null {
  switch (slippage.kind) {
    case "none":
      return null;
    case "bps":
      return () => slippage.bps * basisPoint;
    case "volume":
      return (units, volume) => {
        if (!(volume > 0)) throw noVolume();
        return ((100 * Math.abs(units)) / volume) * slippage.bpsPerPct * basisPoint;
      };
    case "noise": {
      const random = seededRandom(slippage.seed);
      return () => 2 * random.next() * slippage.bps * basisPoint;
    }
  }
}

function noVolume(): SwarmError {
  return new SwarmError("market.data", "Cannot take slippage from the volume: a bar that fills an order has none", {
    hint: "Use slippage in basis points, or a series with volume",
  });
}
