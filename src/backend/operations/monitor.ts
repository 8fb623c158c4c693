// Everything that runs, at one moment: sandboxes with their cost, live swarms with their agents, the day's cost against the
// budget, how creating went in the last hour, and what of it is over a threshold. It changes nothing.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MonitorOutput } from "../../contracts/operations/monitor.ts";
import type { SandboxRecord } from "../../contracts/sandbox.ts";
import { SwarmError } from "../../contracts/swarm-error.ts";
import { priceOf } from "../../costs/price-of.ts";
import type { PriceList } from "../../costs/price-list.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { handler } from "../handler.ts";
import { listedSwarms } from "../live/list-of-swarms.ts";
import { findSwarm, glanceAt, isServing, stateOf } from "../live/live-swarm.ts";
import { alertsOf, reportThresholds } from "../monitor/alerts.ts";
import { createFigures, dayCost } from "../monitor/figures.ts";
import { openJournal } from "../monitor/journal.ts";
import type { Parts } from "../parts.ts";
import { knownSandboxes } from "./list.ts";

export const handle = handler("monitor.input", "monitor.output", async (parts, { alerts = {} }) => {
  const { settings, clock } = parts;
  const [known, swarms] = await Promise.all([knownSandboxes(parts), swarmsOf(parts)]);
  const lines = openJournal(settings.folder, clock).read();
  const nowMs = clock.nowMs();
  const prices = readPriceList();
  const day = dayCost(lines, known, { nowMs, prices });
  const cost = {
    provenance: settings.target === "cloud" ? ("measured" as const) : ("modelled" as const),
    priceList: day.priceList,
    since: new Date(day.sinceMs).toISOString(),
    sandboxSeconds: day.sandboxSeconds,
    totalMicroUsd: day.totalMicroUsd,
    perHourMicroUsd: day.perHourMicroUsd,
    budgetMicroUsd: settings.budgetMicroUsd,
    budgetShare: settings.budgetMicroUsd === 0 ? null : day.totalMicroUsd / settings.budgetMicroUsd,
    assumed: day.assumed,
  };
  const creates = createFigures(lines, nowMs);
  const agents = swarms.flatMap((swarm) => swarm.agents);
  return {
    timestamp: new Date(nowMs).toISOString(),
    target: settings.target,
    isolation: settings.target === "local" ? settings.isolation : ("provider" as const),
    sandboxes: {
      total: known.length,
      running: known.filter(({ status }) => status === "running").length,
      list: known.map((one) => rowOf(one, nowMs, prices)),
    },
    swarms,
    agents: { total: agents.length, active: agents.filter(isServing).length },
    cost,
    creates,
    alerts: alertsOf({ cost, creates }, { ...reportThresholds, ...alerts }),
  };
});

function rowOf(one: SandboxRecord, nowMs: number, prices: PriceList): MonitorOutput["sandboxes"]["list"][number] {
  const { sandboxId, name, template, status, resources, createdAt, endAt } = one;
  const ageMs = Math.max(0, Math.round(nowMs - Date.parse(createdAt)));
  const reading = { sandboxId, ...resources, ranNs: BigInt(ageMs) * 1_000_000n };
  const costMicroUsd = priceOf([reading], prices).totalMicroUsd;
  return { sandboxId, name, template, status, ...resources, ageSeconds: ageMs / 1_000, endsAt: endAt, costMicroUsd };
}

/** Looking must not make a record where none is. */
async function swarmsOf(parts: Parts): Promise<MonitorOutput["swarms"]> {
  const { recordUrl, folder } = parts.settings;
  if (recordUrl === null && !existsSync(join(folder, ".swarm", "record.sqlite"))) return [];
  const listed = await listedSwarms(await parts.store());
  const found = await Promise.all(listed.map(({ swarmId }) => swarmOf(parts, swarmId)));
  return found.flat();
}

async function swarmOf(parts: Parts, swarmId: string): Promise<MonitorOutput["swarms"]> {
  try {
    const swarm = await findSwarm(parts, swarmId);
    const glance = await glanceAt(parts, swarm);
    const status = stateOf(glance);
    if (status === "stopped") return [];
    const agents = glance.agents.map(({ symbols: _symbols, deployedAt: _at, silentMs: _silent, ...agent }) => agent);
    const { serving: activeAgents, due: wantedAgents } = glance;
    const openTasks = glance.bulletin?.openTasks ?? 0;
    return [{ swarmId, status, topology: swarm.config.topology, activeAgents, wantedAgents, openTasks, agents }];
  } catch (thrown) {
    // Forgotten in this moment.
    if (thrown instanceof SwarmError && thrown.code === "swarm.not-found") return [];
    throw thrown;
  }
}
