// The swarm as it was wired: nodes on a circle, one line per edge of the edge list, nothing else. An edge that is not in
// the list is not drawn, and a node without an edge stands alone.
import type { Topology } from "../run-document.ts";
import { escapeMarkup } from "../text/html-text.ts";

const size = { width: 420, height: 330, radius: 100 };

export function topologyChart(topology: Topology): string {
  const places = new Map(topology.nodes.map((node, index) => [node.id, place(index, topology.nodes.length)]));
  const edges = topology.edges.flatMap((edge) => {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (from === undefined || to === undefined)
      throw new Error(`Cannot draw the edge "${edge.from}" to "${edge.to}": a node is missing`);
    return `<path class="edge" d="M${from.x},${from.y}L${to.x},${to.y}"/>`;
  });
  const description = topology.edges.map((edge) => `${edge.from} to ${edge.to}`).join(", ");
  return [
    `<svg class="chart topology" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="t-topology d-topology">`,
    `<title id="t-topology">Swarm topology, drawn from the edge list</title>`,
    `<desc id="d-topology">${escapeMarkup(description)}</desc>`,
    ...edges,
    ...topology.nodes.map((node) => nodeMark(node, places.get(node.id) ?? { x: 0, y: 0, below: true })),
    "</svg>",
  ].join("");
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly below: boolean;
}

function place(index: number, count: number): Place {
  const angle = (2 * Math.PI * index) / Math.max(count, 1) - Math.PI / 2;
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
  const radius = count === 1 ? 0 : size.radius;
  return {
    x: Math.round(size.width / 2 + radius * 1.25 * cos),
    y: Math.round(size.height / 2 + radius * sin),
    below: sin > -0.01,
  };
}

function nodeMark(node: Topology["nodes"][number], at: Place): string {
  const top = at.below ? at.y + 26 : at.y - 28;
  return (
    `<circle class="node" cx="${at.x}" cy="${at.y}" r="9"/>` +
    `<text class="node-label" x="${at.x}" y="${top}">${escapeMarkup(node.id)}</text>` +
    `<text x="${at.x}" y="${top + 13}">${escapeMarkup(node.role)}</text>`
  );
}
