// The parts of the page, each of them markup of its own, so that a viewer is sent only what has changed.
import type { Board } from "../../backend/live/board.ts";
import { dollars, milliseconds, moment, span, state, table, text } from "./html.ts";
import { sparkline, topologyPicture } from "./pictures.ts";

/** Id of a section -> markup inside it. */
export type Sections = Readonly<Record<SectionId, string>>;
export type SectionId = (typeof sectionTitles)[number][0];

export const sectionTitles = [
  ["status", "Status"],
  ["faults", "Faults and alerts"],
  ["cost", "Cost against budget"],
  ["agents", "Agents"],
  ["topology", "Topology"],
  ["tasks", "Tasks and latency"],
  ["decisions", "Decisions"],
] as const;

export function sectionsOf(board: Board): Sections {
  return {
    status: statusOf(board),
    agents: agentsOf(board),
    topology: topologyPicture(board),
    tasks: tasksOf(board),
    cost: costOf(board),
    decisions: decisionsOf(board),
    faults: faultsOf(board),
  };
}

export function swarmsTable(boards: readonly Board[], shown: string | null): string {
  const rows = boards.map(({ status }) => [
    `<a href="/?swarm=${text(status.swarmId)}"${status.swarmId === shown ? ' aria-current="page"' : ""}>${text(status.swarmId)}</a>`,
    state(status.status),
    text(status.topology),
    text(`${status.activeAgents} of ${status.wantedAgents}`),
    text(status.openTasks),
  ]);
  const columns = [
    { title: "Swarm" },
    { title: "State" },
    { title: "Topology" },
    { title: "Agents" },
    { title: "Open tasks", numeric: true },
  ];
  return table("Swarms of this record", columns, rows);
}

function facts(rows: readonly (readonly [string, string])[]): string {
  return `<dl>${rows.map(([name, value]) => `<div><dt>${text(name)}</dt><dd>${value}</dd></div>`).join("")}</dl>`;
}

function statusOf({ status, health }: Board): string {
  return facts([
    ["State", state(status.status)],
    ["Health", state(health.healthStatus)],
    ["Agents", text(`${status.activeAgents} serving of ${status.wantedAgents} wanted`)],
    ["Leader", text(status.leader ?? "nobody")],
    ["Strategy", text(status.strategy)],
    ["Ends", status.endsAt === null ? "when somebody says so" : moment(Date.parse(status.endsAt))],
  ]);
}

function agentsOf({ status }: Board): string {
  const rows = (status.agents ?? []).map((agent) => [
    text(agent.agentId),
    state(agent.status),
    text(agent.agentType),
    text(agent.symbols.join(" ") || "any"),
    text(agent.sandboxId),
    text(agent.openTasks),
    text(agent.completedTasks),
    text(agent.failedTasks),
    text(milliseconds(agent.latencyMs)),
  ]);
  const number = (title: string) => ({ title, numeric: true });
  const columns = [
    { title: "Agent" },
    { title: "State" },
    { title: "Role" },
    { title: "Symbols" },
    { title: "Place (sandbox)" },
  ];
  return table(
    "Agents and where they run",
    [...columns, number("Holds"), number("Done"), number("Failed"), number("Latency")],
    rows,
  );
}

function tasksOf({ status, figures, minutes }: Board): string {
  const { latency } = figures;
  const rate = figures.successRate === null ? "–" : `${(100 * figures.successRate).toFixed(1)} %`;
  return `${facts([
    ["Open", text(status.openTasks)],
    ["Done", text(figures.done)],
    ["Given up", text(figures.dead)],
    ["Votes", text(figures.votes)],
    ["Success", text(rate)],
    ["Median", text(milliseconds(latency?.p50 ?? null))],
    ["P95", text(milliseconds(latency?.p95 ?? null))],
    ["P99", text(milliseconds(latency?.p99 ?? null))],
  ])}${sparkline(
    `Ended a minute, last hour: at most ${Math.max(0, ...minutes.map(({ ended }) => ended))}`,
    minutes.map(({ ended }) => ended),
  )}${sparkline(
    `Mean latency a minute, last hour: at most ${milliseconds(Math.max(0, ...minutes.map(({ averageMs }) => averageMs)))}`,
    minutes.map(({ averageMs }) => averageMs),
  )}`;
}

function costOf({ cost }: Board): string {
  const share = cost.budgetMicroUsd === 0 ? 1 : cost.totalMicroUsd / cost.budgetMicroUsd;
  const words = `${(100 * share).toFixed(1)} % of ${dollars(cost.budgetMicroUsd)} a day`;
  return `${facts([
    ["So far", text(dollars(cost.totalMicroUsd))],
    ["An hour", text(dollars(cost.perHourMicroUsd))],
    ["Sandbox time", text(span(cost.sandboxSeconds))],
    [
      "Budget",
      `<label>${text(words)} <meter min="0" max="1" high="0.8" value="${Math.min(1, share).toFixed(4)}">${text(words)}</meter></label>`,
    ],
  ])}<p class="note">Modelled: the time of the agents that are there now, at list price ${text(cost.priceList)}; it is no bill.</p>`;
}

function decisionsOf({ decisions }: Board): string {
  if (decisions.length === 0) return `<p class="none">None.</p>`;
  const items = decisions.map(({ taskId, atMs, decision }) => {
    const rows = decision.ballots.map((ballot) => [
      text(ballot.agentId),
      text(ballot.vote),
      text((ballot.convictionPpm / 1e6).toFixed(3)),
      `<code>${text(ballot.inputsSha256.slice(0, 12))}</code>`,
    ]);
    const columns = [
      { title: "Agent" },
      { title: "Vote" },
      { title: "Conviction", numeric: true },
      { title: "Inputs" },
    ];
    const sum = `${moment(atMs)} <strong>${text(decision.symbol)}: ${text(decision.action)}</strong> (${text(decision.reason)}, conviction ${(decision.convictionPpm / 1e6).toFixed(3)}, ${decision.ballots.length} of ${decision.members.length} voted)`;
    return `<details id="${text(taskId)}"><summary>${sum}</summary>${table(`Ballots on ${decision.symbol}`, columns, rows)}</details>`;
  });
  return items.join("");
}

function faultsOf({ faults, health }: Board): string {
  const alerts = health.alerts.map(
    ({ severity, message }) => `<li>${state(severity === "critical" ? "critical" : "degraded")} ${text(message)}</li>`,
  );
  return `${facts([
    ["Detected", text(faults.detected)],
    ["Recovered", text(faults.recovered)],
    ["Given up", text(faults.escalated)],
  ])}${alerts.length === 0 ? '<p class="none">No alerts.</p>' : `<ul>${alerts.join("")}</ul>`}<p class="note">Since the present leader leads.</p>`;
}
