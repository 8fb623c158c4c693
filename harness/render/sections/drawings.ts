// Sections around a drawing: faults and recovery, spending, equity. Each says in words what it shows, and "not measured" where
// nothing was recorded.
import { faultPhases, type EquityNote, type FaultStory } from "../../claims/run-notes.ts";
import { figure, head, note, number, part, stateCell, table, type Block, type Cell } from "../blocks/block.ts";
import { seriesChart } from "../charts/series-chart.ts";
import { timelineChart } from "../charts/timeline-chart.ts";
import type { RunDocument } from "../run-document.ts";
import { formatDuration, formatMicroUsd, formatNs } from "../text/format.ts";
import { fact, id, plainText, quoted, type Text } from "../text/text.ts";

export function faultBlocks({ faults }: RunDocument): readonly Block[] {
  if (faults.length === 0) return [note("Faults and recovery: not measured. No fault was recorded in this run.")];
  const description = faults.map((fault) => `${fault.fault} ${fault.id}: ${plainText(recovery(fault, ""))}`).join("; ");
  const drawing = timelineChart({ faults, description, label: (ns) => formatDuration(Math.round(ns / 1e6)) });
  return [
    figure(drawing, [
      "A bar runs from the first observed effect of a fault to the first answer after it. The stroke is the plan, the cross the act, the diamond its effect, the tick the recovery.",
    ]),
    table(
      "Faults and recovery",
      ["State", "Fault", ...faultPhases.map((phase) => `#${capital(phase)}`), "#Recovery"],
      faults.map((fault, index) => faultRow(fault, `fault.${index}`)),
      "not measured",
    ),
    note(
      "Times count from the start of the run. Only a fault whose effect was observed says anything about recovery; one that was only attempted proves nothing.",
    ),
  ];
}

function faultRow(fault: FaultStory, name: string): readonly Cell[] {
  const { phases } = fault;
  const healed = phases.observed !== null && phases.healed !== null;
  const state = healed
    ? stateCell("good", "recovered")
    : phases.observed === null
      ? stateCell("open", "no effect seen")
      : stateCell("bad", "not recovered");
  const times = faultPhases.map((phase) => {
    const at = phases[phase];
    if (at === null) return number("not measured");
    const ms = Math.round(at / 1e6);
    return number(fact(`${name}.${phase}Ms`, ms, formatDuration(ms)));
  });
  return [state, head(quoted(fault.fault), " ", id(fault.id)), ...times, number(...recovery(fault, name))];
}

function recovery({ phases }: FaultStory, name: string): Text {
  if (phases.observed === null || phases.healed === null) return ["not measured"];
  const ns = Math.max(0, phases.healed - phases.observed);
  return [fact(`${name}.recoveryNs`, ns, formatNs(ns))];
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

export function spendingBlocks({ spending, run, cost }: RunDocument): readonly Block[] {
  const last = spending.at(-1);
  if (last === undefined) return [note("Spending over time: not measured. No meter was read in this run.")];
  const words: Text = [
    "Spent when the meters were read, at the prices of the list: ",
    fact("cost.spent", last.microUsd, formatMicroUsd(last.microUsd)),
    run.target === "local" ? ". Local seconds at cloud prices are modelled." : ".",
  ];
  const drawing = seriesChart({
    key: "spend",
    title: "Cost over the run",
    description: `${plainText(words)} Whole run: ${formatMicroUsd(cost.totalMicroUsd)}.`,
    points: [{ x: 0, y: 0 }, ...spending.map(({ atNs, microUsd }) => ({ x: atNs, y: microUsd }))],
    steps: true,
    limit: null,
    yLabel: (microUsd) => formatMicroUsd(Math.round(microUsd)),
    ends: ["start", formatDuration(Math.round(last.atNs / 1e6))],
    fromZero: true,
  });
  return [part("Cost over the run"), figure(drawing, words)];
}

export function equityBlocks({ equity }: RunDocument): readonly Block[] {
  if (equity.length === 0) return [note("Equity: not measured. No series of a backtest was recorded in this run.")];
  return equity.flatMap((series, index) => [part(series.title), equityFigure(series, index)]);
}

function equityFigure({ title, first, last, cents }: EquityNote, index: number): Block {
  const [low, high] = [Math.min(...cents), Math.max(...cents)];
  const money = (value: number): string => formatMicroUsd(Math.round(value) * 10_000);
  const name = `equity.${index}`;
  const end = cents.at(-1) ?? 0;
  const words: Text = [
    "A replay of recorded prices from ",
    id(first),
    " to ",
    id(last),
    ": lowest ",
    fact(`${name}.low`, low, money(low)),
    ", highest ",
    fact(`${name}.high`, high, money(high)),
    ", at the end ",
    fact(`${name}.end`, end, money(end)),
    ". It says nothing about future results.",
  ];
  const drawing = seriesChart({
    key: `eq${index}`,
    title: `Equity, ${title}`,
    description: plainText(words),
    points: cents.map((y, x) => ({ x, y })),
    steps: false,
    limit: null,
    yLabel: money,
    ends: [first, last],
    fromZero: false,
  });
  return figure(drawing, words);
}
