// What a live swarm did in a stretch of time, with quantiles.
import { handler } from "../handler.ts";
import { figuresOf, historyOf } from "../live/figures.ts";
import { agentRows, bulletinOf, findSwarm, livedMs, placesOf, wishOf } from "../live/live-swarm.ts";
import { startOf } from "../live/ranges.ts";

export const handle = handler("swarm-metrics.input", "swarm-metrics.output", async (parts, input) => {
  const { swarmId, timeRange = "24h" } = input;
  const swarm = await findSwarm(parts, swarmId);
  const toMs = parts.clock.nowMs();
  const startMs = startOf(timeRange, toMs);
  const [history, places, bulletin, wanted] = await Promise.all([
    historyOf(swarm),
    placesOf(swarm),
    bulletinOf(swarm),
    wishOf(swarm),
  ]);
  const figures = figuresOf(history, startMs);
  const { done, dead, votes, latency, successRate } = figures;
  const livedSeconds = Math.max(1, livedMs(swarm.config, wanted, toMs, startMs)) / 1_000;
  return {
    swarmId,
    timeRange,
    from: new Date(startMs).toISOString(),
    to: new Date(toMs).toISOString(),
    tasksDone: done,
    tasksDead: dead,
    leasesExpired: figures.expired,
    votes,
    latencyMs: latency,
    throughputPerSecond: (done + votes) / livedSeconds,
    successRate,
    errorRate: successRate === null ? null : 1 - successRate,
    totalTrades: figures.trades,
    totalPnlMicroUsd: figures.pnlMicroUsd,
    perAgent: agentRows(places, bulletin),
  };
});
