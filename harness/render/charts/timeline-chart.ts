// Faults and recovery as they were recorded: one row per fault, a mark per phase, a bar from the first effect to service
// again. A fault whose effect was never seen has no bar, and one that never healed has an open one.
import { scaleLinear } from "d3-scale";
import { faultPhases, type FaultPhase, type FaultStory } from "../../claims/run-notes.ts";
import { escapeMarkup } from "../text/html-text.ts";

const shapes = [
  { name: "wide", width: 640, left: 150, letters: 22 },
  { name: "narrow", width: 340, left: 92, letters: 13 },
] as const;
type Shape = (typeof shapes)[number];
const row = 26;
const margin = { top: 12, right: 16, bottom: 30 } as const;
/** More rows than this are left to the table. */
const mostRows = 24;

const marks: Readonly<Record<FaultPhase, string>> = {
  planned: "M0,-4v8",
  attempted: "M-4,-4l8,8m0,-8l-8,8",
  observed: "M0,-5l5,5l-5,5l-5,-5z",
  healed: "M-5,0l4,4l7,-8",
};

interface Timeline {
  readonly faults: readonly FaultStory[];
  readonly description: string;
  readonly label: (ns: number) => string;
}

/** Both drawings; empty without a fault that was attempted. */
export function timelineChart(timeline: Timeline): string {
  const times = timeline.faults.flatMap((fault) => faultPhases.flatMap((phase) => fault.phases[phase] ?? []));
  if (times.length === 0) return "";
  return shapes.map((shape) => draw(timeline, shape, [Math.min(...times), Math.max(...times)])).join("");
}

function draw(
  { faults, description, label }: Timeline,
  shape: Shape,
  [first, last]: readonly [number, number],
): string {
  const shown = faults.slice(0, mostRows);
  const height = margin.top + shown.length * row + margin.bottom;
  const right = shape.width - margin.right;
  const x = scaleLinear()
    .domain([first, Math.max(last, first + 1)])
    .range([shape.left + 8, right - 8]);
  const id = `tl${shape.name.charAt(0)}`;
  const rows = shown.map((fault, index) => drawRow(fault, margin.top + index * row + row / 2, { shape, x, right }));
  const foot = height - 8;
  return [
    `<svg class="chart ${shape.name}" viewBox="0 0 ${shape.width} ${height}" role="img" aria-labelledby="${id}-t ${id}-d">`,
    `<title id="${id}-t">Faults and recovery over time</title><desc id="${id}-d">${escapeMarkup(description)}</desc>`,
    ...rows,
    `<text x="${shape.left}" y="${foot}">${escapeMarkup(label(first))}</text>`,
    `<text class="end" x="${right}" y="${foot}">${escapeMarkup(label(last))}</text>`,
    "</svg>",
  ].join("");
}

function drawRow(
  { id, fault, phases }: FaultStory,
  y: number,
  { shape, x, right }: { readonly shape: Shape; readonly x: (ns: number) => number; readonly right: number },
): string {
  const name = `${fault} ${id}`;
  const words = name.length > shape.letters ? `${name.slice(0, shape.letters - 1)}…` : name;
  const line = `<path class="grid" d="M${shape.left},${y}H${right}"/><text class="end" x="${shape.left - 8}" y="${y + 4}">${escapeMarkup(words)}</text>`;
  const from = phases.observed ?? null;
  const to = phases.healed === null ? right : px(x(phases.healed));
  const outage = phases.healed === null ? "outage open" : "outage";
  const bar = from === null ? "" : `<path class="${outage}" d="M${px(x(from))},${y}H${to}"/>`;
  const drawn = faultPhases.map((phase) => {
    const at = phases[phase];
    return at === null
      ? ""
      : `<path class="phase ${phase}" transform="translate(${px(x(at))} ${y})" d="${marks[phase]}"/>`;
  });
  return line + bar + drawn.join("");
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}
