// One look of the monitor as lines for people. Figures that were not measured say so.
import type { MonitorOutput } from "../../../contracts/operations/monitor.ts";
import { alignedPairs, alignedTable, type Cell } from "../aligned-table.ts";
import { sparkline } from "./sparkline.ts";

/** What earlier looks found, the oldest first. */
export interface Trail {
  readonly running: readonly number[];
  readonly perHour: readonly number[];
  readonly openTasks: readonly number[];
}

export const emptyTrail: Trail = { running: [], perHour: [], openTasks: [] };
const longest = 40;

export function lengthened(trail: Trail, look: MonitorOutput): Trail {
  const add = (values: readonly number[], value: number): number[] => [...values, value].slice(-longest);
  return {
    running: add(trail.running, look.sandboxes.running),
    perHour: add(trail.perHour, look.cost.perHourMicroUsd),
    openTasks: add(
      trail.openTasks,
      look.swarms.reduce((sum, { openTasks }) => sum + openTasks, 0),
    ),
  };
}

export interface Line {
  readonly text: string;
  /** An alert. */
  readonly loud: boolean;
}

/** `unicode`: the terminal shows more than ASCII. */
export function frameOf(look: MonitorOutput, trail: Trail, unicode: boolean): readonly Line[] {
  const spark = (values: readonly number[]): string => sparkline(values, unicode);
  const { cost, creates, sandboxes, agents } = look;
  const head = alignedPairs([
    ["monitor", `${look.timestamp}  ${look.target} (${look.isolation})`],
    ["sandboxes", `${sandboxes.running} running of ${sandboxes.total}  ${spark(trail.running)}`],
    [
      "agents",
      `${agents.active} at work of ${agents.total}, open tasks ${trail.openTasks.at(-1) ?? 0}  ${spark(trail.openTasks)}`,
    ],
    ["cost today", `${costText(cost)}  ${spark(trail.perHour)}`],
    ["creates", createText(creates)],
  ]).split("\n");
  const alerts = look.alerts.map(({ severity, message }) => ({ text: `${severity}: ${message}`, loud: true }));
  const quiet = (texts: readonly string[]): Line[] => texts.map((text) => ({ text, loud: false }));
  const tables = [...sandboxLines(sandboxes), ...swarmLines(look)];
  return [...quiet(head), ...(alerts.length === 0 ? quiet(["no alerts"]) : alerts), ...quiet(tables)];
}

function costText(cost: MonitorOutput["cost"]): string {
  const share = cost.budgetShare === null ? "no budget" : `${(cost.budgetShare * 100).toFixed(1)} %`;
  const assumed = cost.assumed === 0 ? "" : `, ${cost.assumed} ends assumed`;
  const now = `${dollars(cost.perHourMicroUsd)} an hour now`;
  return `${dollars(cost.totalMicroUsd)} of ${dollars(cost.budgetMicroUsd)} (${share}), ${now}, ${cost.provenance}${assumed}`;
}

function createText({ attempts, failed, successRate, timed, p50Ms, p95Ms }: MonitorOutput["creates"]): string {
  if (successRate === null || p50Ms === null)
    return attempts === 0 ? "not measured in the last hour" : "none worked in the last hour";
  const worked = `${attempts - failed} of ${attempts} worked in the last hour`;
  const p95 = p95Ms === null ? `p95 not measured (n ${timed}, 20 needed)` : `p95 ${Math.round(p95Ms)} ms (n ${timed})`;
  return `${worked}, p50 ${Math.round(p50Ms)} ms, ${p95}`;
}

function sandboxLines({ list }: MonitorOutput["sandboxes"]): readonly string[] {
  if (list.length === 0) return [];
  const rows = list.map((one): Cell[] => [
    one.sandboxId,
    one.name,
    one.status,
    one.cpuCount,
    one.memoryMb,
    Math.round(one.ageSeconds),
    dollars(one.costMicroUsd),
  ]);
  return ["", ...alignedTable(["SANDBOX", "NAME", "STATUS", "CPU", "MIB", "AGE S", "COST"], rows).split("\n")];
}

function swarmLines({ swarms }: MonitorOutput): readonly string[] {
  return swarms.flatMap((swarm) => {
    const { swarmId, topology, status, activeAgents, wantedAgents, openTasks, agents } = swarm;
    const title = `${swarmId}  ${topology}, ${status}, ${activeAgents} of ${wantedAgents} agents, ${openTasks} open tasks`;
    if (agents.length === 0) return ["", title];
    const rows = agents.map((one): Cell[] => [
      one.agentId,
      one.agentType,
      one.status,
      one.openTasks,
      one.completedTasks,
      one.failedTasks,
      one.latencyMs === null ? null : Number(one.latencyMs.toPrecision(4)),
    ]);
    const table = alignedTable(["AGENT", "TYPE", "STATUS", "OPEN", "DONE", "FAILED", "LATENCY MS"], rows);
    return ["", title, ...table.split("\n")];
  });
}

function dollars(microUsd: number): string {
  return `$${(microUsd / 1e6).toFixed(4)}`;
}
