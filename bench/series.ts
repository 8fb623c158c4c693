// The response times of one metric as they come in, with the clusters they belong to, and what they are worth to a gate:
// the same rules the court uses (reference "measurement", section 5.4). It looks at dependence, never at a limit.
import { effectiveN } from "../harness/certify/statistics/cluster-effect.ts";
import { autocorrelationStride } from "../harness/certify/statistics/dependence.ts";

export interface Series {
  readonly add: (responseNs: number, cluster: string | null) => void;
  /** Independent samples that the ones seen are worth. */
  readonly worth: () => number;
}

export function openSeries(): Series {
  const values: number[] = [];
  const clusters = new Map<string, number[]>();
  return {
    add(responseNs, cluster) {
      values.push(responseNs);
      const name = cluster ?? `alone ${values.length}`;
      const group = clusters.get(name);
      if (group === undefined) clusters.set(name, [responseNs]);
      else group.push(responseNs);
    },
    worth() {
      if (clusters.size < values.length) return effectiveN([...clusters.values()]);
      return Math.ceil(values.length / autocorrelationStride(values));
    },
  };
}
