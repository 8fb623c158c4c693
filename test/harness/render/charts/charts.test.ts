// Pictures: deterministic, inside their frame, and drawn from the data alone.
import { expect, it } from "vitest";
import { ecdfChart, narrow, wide } from "../../../../harness/render/charts/ecdf-chart.ts";
import { topologyChart } from "../../../../harness/render/charts/topology-chart.ts";
import type { LatencySeries } from "../../../../harness/render/run-document.ts";

const series = (values: readonly number[], censored: number): LatencySeries => ({
  metric: "bench.x",
  title: "X",
  provenance: "measured",
  target: "local",
  responses: values.map((ns, index) => ({ ns, censored: index >= values.length - censored })),
  serviceNs: [],
});
const draw = (values: readonly number[], censored = 0): string =>
  ecdfChart({ series: series(values, censored), claims: [], description: "d", key: "k" }, wide);
const curve = (svg: string): string => /class="ecdf" d="([^"]*)"/.exec(svg)?.[1] ?? "";

it("steps up at each value, and stops below the top where a request was given up", () => {
  expect(curve(draw([1_000_000, 10_000_000]))).toBe("M42,212h47v-92h488v-92h47");
  expect(curve(draw([1_000_000, 10_000_000], 1))).toBe("M42,212h47v-92h488");
});

it("draws single, equal, zero and very many values without holes", () => {
  for (const values of [
    [5],
    [7, 7, 7],
    [0, 0],
    [0, 1_000_000_000],
    Array.from({ length: 10_000 }, (_, index) => 1_000 + index),
  ]) {
    for (const shape of [wide, narrow]) {
      const svg = ecdfChart({ series: series(values, 0), claims: [], description: "d", key: "k" }, shape);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(svg.length).toBeLessThan(6_000);
    }
  }
});

it("draws exactly the edges of the list, and refuses one without its node", () => {
  const nodes = ["a", "b", "c"].map((id) => ({ id, role: "r" }));
  const svg = topologyChart({ nodes, edges: [{ from: "a", to: "b" }] });
  expect(svg.match(/class="edge"/g)?.length).toBe(1);
  expect(svg.match(/class="node"/g)?.length).toBe(3);
  expect(() => topologyChart({ nodes, edges: [{ from: "a", to: "z" }] })).toThrow(
    'Cannot draw the edge "a" to "z": a node is missing',
  );
});
