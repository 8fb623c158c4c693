// The back of the report: money, the swarm's decision, the machine, how it was measured, how to check it, what it cannot show.
import type { RunDocument } from "../run-document.ts";
import { topologyChart } from "../charts/topology-chart.ts";
import { formatCount, formatMicroUsd, formatPpm } from "../text/format.ts";
import { fact, id, quoted, time, type Text } from "../text/text.ts";

export interface CostView {
  readonly list: Text;
  readonly digest: Text;
  readonly lines: readonly {
    readonly what: Text;
    readonly quantity: Text;
    readonly amount: Text;
    readonly provenance: string;
  }[];
  readonly total: Text;
}

export interface SwarmView {
  readonly present: boolean;
  readonly diagram: string;
  readonly size: Text;
  readonly decided: boolean;
  readonly action: Text;
  readonly level: Text;
  readonly ballots: readonly {
    readonly agent: Text;
    readonly role: Text;
    readonly action: Text;
    readonly weight: Text;
    readonly conviction: Text;
  }[];
}

export interface PairView {
  readonly label: Text;
  readonly value: Text;
}

export function costView(doc: RunDocument): CostView {
  const { priceList, lines, totalMicroUsd } = doc.cost;
  return {
    list: ["Price list ", id(priceList.id), ", dated ", id(priceList.date), ", from ", quoted(priceList.source), "."],
    digest: [id(priceList.sha256)],
    lines: lines.map((line, index) => ({
      what: [quoted(line.what)],
      quantity: [fact(`cost.${index}.quantity`, line.quantity, formatCount(line.quantity)), " ", quoted(line.unit)],
      amount: [fact(`cost.${index}.microUsd`, line.microUsd, formatMicroUsd(line.microUsd))],
      provenance: line.provenance,
    })),
    total: [fact("cost.totalMicroUsd", totalMicroUsd, formatMicroUsd(totalMicroUsd))],
  };
}

export function swarmView(doc: RunDocument): SwarmView {
  const { topology, decision } = doc;
  return {
    present: topology !== undefined || decision !== undefined,
    diagram: topology === undefined ? "" : topologyChart(topology),
    size:
      topology === undefined
        ? ["No topology was recorded."]
        : topologySize(topology.nodes.length, topology.edges.length),
    decided: decision !== undefined,
    action: decision === undefined ? ["No decision was recorded."] : [quoted(decision.action)],
    level:
      decision === undefined
        ? ["not measured"]
        : [fact("decision.level", decision.levelPpm, formatPpm(decision.levelPpm))],
    ballots: (decision?.ballots ?? []).map((ballot, index) => ({
      agent: [id(ballot.agent)],
      role: [quoted(ballot.role)],
      action: [quoted(ballot.action)],
      weight: [fact(`ballot.${index}.weight`, ballot.weightPpm, formatPpm(ballot.weightPpm))],
      conviction: [fact(`ballot.${index}.conviction`, ballot.convictionPpm, formatPpm(ballot.convictionPpm))],
    })),
  };
}

function topologySize(nodes: number, edges: number): Text {
  return [
    fact("topology.nodes", nodes, formatCount(nodes)),
    " agents, ",
    fact("topology.edges", edges, formatCount(edges)),
    " edges, drawn from the recorded edge list.",
  ];
}

export function environment(doc: RunDocument): readonly PairView[] {
  const { run } = doc;
  const known: readonly PairView[] = [
    { label: ["Package"], value: [id(`e2b-swarm ${run.packageVersion}`)] },
    { label: ["Commit"], value: [id(run.commit)] },
    { label: ["Node"], value: [id(run.node)] },
    { label: ["E2B SDK"], value: [id(run.e2bSdk)] },
    { label: ["Finished"], value: [time(run.finishedAt)] },
  ];
  const rest = Object.entries(doc.env)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]): PairView => ({
      label: [quoted(key)],
      value: [typeof value === "number" ? fact(`env.${key}`, value, formatCount(value)) : quoted(value)],
    }));
  return [...known, ...rest];
}

export const method: readonly string[] = [
  "Time starts when a request was scheduled, not when it was sent, so waiting for a free slot counts. Gates use this response time; the service time beside it starts when the request was really sent and is smaller by exactly that wait.",
  "A gate is an exact one-sided confidence bound from the binomial distribution of order statistics. No distribution of times is assumed, nothing is interpolated, no outlier is removed.",
  "Requests that timed out, failed or were dropped stay in the data and rank last. Too few samples is a verdict of its own and never counts in favour of the system.",
  "Claims, limits, sample sizes and exclusions were fixed in the plan before the first sample. The recorder decides provenance and target from witnesses; a test cannot set them.",
  "Displayed quantiles without a bound are nearest-rank values that were really observed. They inform and never gate.",
];

export const limits: readonly string[] = [
  "This method can find errors and bound their rate; it cannot prove their absence.",
  "A signature proves who held the key, not honesty; the assurance level says how far that goes.",
  "A bound holds for this machine, this build and these conditions, and for samples that are exchangeable.",
  "Nothing here predicts profit. Prices are historical and costs follow the named list.",
];

export function digests(doc: RunDocument): readonly PairView[] {
  return [
    { label: ["Plan, SHA-256"], value: [id(doc.run.planSha256)] },
    { label: ["Evidence manifest, SHA-256"], value: [id(doc.run.manifestSha256)] },
    { label: ["Price list, SHA-256"], value: [id(doc.cost.priceList.sha256)] },
  ];
}
