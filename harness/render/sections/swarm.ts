// The sections of the swarm coordination report: sandboxes, wiring and agents, communication, votes, faults, health, cleanup.
import {
  figure,
  head,
  list,
  note,
  number,
  part,
  table,
  text,
  verdictCell,
  type Block,
  type Section,
} from "../blocks/block.ts";
import type { RunDocument } from "../run-document.ts";
import { formatCount, formatDuration } from "../text/format.ts";
import { fact, id, quoted, time, type Text } from "../text/text.ts";
import { checkVerdict } from "../view/checks-view.ts";
import { swarmView } from "../view/closing-view.ts";
import { claimsWhere, claimTable } from "./claim-table.ts";
import { equityBlocks, faultBlocks, spendingBlocks } from "./drawings.ts";
import { cleanupBlocks, issuesSection, stepsSection } from "./findings.ts";
import { signOffSection } from "./certification.ts";

const about = (...parts: readonly string[]) => {
  return ({ metric }: { readonly metric: string }): boolean => parts.some((name) => metric.includes(name));
};

export function swarmSections(doc: RunDocument): readonly Section[] {
  const claims = (label: string, ...parts: readonly string[]): Block =>
    claimTable(label, claimsWhere(doc, about(...parts), { info: true }), doc);
  return [
    {
      id: "sandboxes",
      title: "Sandboxes",
      blocks: [
        note("Isolation: ", quoted(doc.run.isolation), ". What holds of it is decided by these claims."),
        claims("Sandboxes", "check.production.isolation", "check.backend.create", "check.production.deploy-five"),
      ],
    },
    { id: "swarm", title: "Swarm", blocks: wiring(doc) },
    {
      id: "communication",
      title: "Communication",
      blocks: [
        note(
          "An agent speaks through its process only: frames in, frames out. The coordinator writes what it accepted to the shared record.",
        ),
        claims("Communication", "bench.message.", "bench.memory.", "bench.communication.", "bench.swarm."),
      ],
    },
    { id: "decisions", title: "Decisions", blocks: [claims("Decisions", "check.trading.consensus"), ...votes(doc)] },
    {
      id: "faults",
      title: "Faults and recovery",
      blocks: [...faultBlocks(doc), claims("Fault tolerance", "check.production.stress", "bench.recover", "recovery")],
    },
    { id: "health", title: "Health and cost", blocks: [claims("Health", "check.cli.health"), ...spendingBlocks(doc)] },
    { id: "results", title: "Trading results in replay", blocks: equityBlocks(doc) },
    findings(doc),
    issuesSection(doc),
    stepsSection(doc),
    { id: "cleanup", title: "Cleanup", blocks: cleanupBlocks(doc) },
    signOffSection(doc),
    journal(doc),
  ];
}

function wiring(doc: RunDocument): readonly Block[] {
  const { topology } = doc;
  if (topology === undefined) return [note("Topology: not measured.")];
  const view = swarmView(doc);
  const rows = topology.nodes.map((node) => {
    const hears = topology.edges.filter((edge) => edge.to === node.id).map((edge) => edge.from);
    const heardBy = topology.edges.filter((edge) => edge.from === node.id).map((edge) => edge.to);
    return [head(id(node.id)), text(quoted(node.role)), text(...names(hears)), text(...names(heardBy))];
  });
  return [
    figure(view.diagram, view.size),
    table("Agents", ["Agent", "Role", "Hears", "Is heard by"], rows, "No agent was recorded."),
  ];
}

function names(ids: readonly string[]): Text {
  return ids.length === 0 ? ["nobody"] : ids.flatMap((one, index): Text => [index === 0 ? "" : ", ", id(one)]);
}

function votes(doc: RunDocument): readonly Block[] {
  const view = swarmView(doc);
  if (!view.decided) return [note("Ballots: not measured. No decision was recorded with its ballots.")];
  return [
    note("Decision: ", ...view.action, ", agreement ", ...view.level, "."),
    table(
      "Ballots",
      ["Ballot", "Agent", "Role", "#Weight", "#Conviction"],
      view.ballots.map((ballot) => [
        text(...ballot.action),
        head(...ballot.agent),
        text(...ballot.role),
        number(...ballot.weight),
        number(...ballot.conviction),
      ]),
      "No ballot was recorded.",
    ),
  ];
}

function findings(doc: RunDocument): Section {
  const rows = doc.checks
    .filter((check) => check.layer === "trading" || check.layer === "production")
    .map((check) => [
      verdictCell(checkVerdict(check)),
      head(quoted(check.title)),
      number(fact(`check.${check.id}.observations`, check.observations, formatCount(check.observations))),
      number(fact(`check.${check.id}.failed`, check.failed, formatCount(check.failed))),
    ]);
  return {
    id: "findings",
    title: "Findings",
    blocks: [
      table("Findings", ["Result", "Check", "#Observations", "#Against"], rows, "No check was recorded."),
      part("Architecture, in words"),
      list(
        [
          "Agents run in sandboxes and propose; they hold no state that the swarm needs.",
          "The coordinator is a pure step over events; what it accepted is durable before it is acknowledged.",
          "A decision needs its quorum; below it, or in a tie, nothing is traded.",
        ].map((line): Text => [line]),
      ),
      note("These lines are authored; the claims above are what was measured about them."),
    ],
  };
}

/** Raw times of what the run noted about itself. */
function journal({ run, faults }: RunDocument): Section {
  const rows = [
    [head("Run started"), text(time(run.startedAt)), number("–")],
    ...faults.flatMap((fault, index) =>
      Object.entries(fault.phases).flatMap(([phase, at]) => {
        if (at === null) return [];
        const ms = Math.round(at / 1e6);
        const name = head(quoted(fault.fault), " ", id(fault.id), `, ${phase}`);
        return [[name, text("–"), number(fact(`journal.${index}.${phase}Ms`, ms, formatDuration(ms)))]];
      }),
    ),
    [
      head("Run ended"),
      text(time(run.finishedAt)),
      number(fact("run.durationMs", run.durationMs, formatDuration(run.durationMs))),
    ],
  ];
  return {
    id: "journal",
    title: "Times as recorded",
    blocks: [table("Times as recorded", ["Event", "Clock", "#Since the start"], rows, "not measured")],
  };
}
