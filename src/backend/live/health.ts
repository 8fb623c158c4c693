// Whether a live swarm is well: who leads, who is down, how long tasks take, and what is over its threshold.
import type { SwarmHealthInput, SwarmHealthOutput } from "../../contracts/operations/live.ts";
import { figuresOf, type History } from "./figures.ts";
import { hasEnded, livedMs, type Glance, type LiveSwarm } from "./live-swarm.ts";

const hourMs = 3_600_000;

/** Figures are of the last hour. */
export function healthOf(
  { swarmId, config }: LiveSwarm,
  { nowMs, wanted, bulletin, agents, serving, due: agentsWanted }: Glance,
  history: History,
  limits: SwarmHealthInput["alerts"] = {},
): SwarmHealthOutput {
  const { failure = 0.2, latencyMs = 1_000, errorRate: errorLimit = 0.05 } = limits;
  const figures = figuresOf(history, nowMs - hourMs);
  const agentsDown = Math.max(0, agentsWanted - serving);
  const p95LatencyMs = figures.latency?.p95 ?? null;
  const errorRate = figures.successRate === null ? null : 1 - figures.successRate;
  const timestamp = new Date(nowMs).toISOString();
  const alerts: SwarmHealthOutput["alerts"] = [];
  const alert = (severity: "warning" | "critical", message: string): void =>
    void alerts.push({ severity, message, timestamp });
  if (hasEnded(wanted, nowMs)) alert("critical", "the swarm has ended");
  else if (bulletin === null) alert("critical", "nobody leads the swarm");
  else if (agentsWanted > 0 && serving === 0) alert("critical", `none of ${agentsWanted} agents is ready`);
  else if (agentsWanted > 0 && agentsDown / agentsWanted > failure)
    alert("warning", `${agentsDown} of ${agentsWanted} agents are down, more than a share of ${failure}`);
  if (p95LatencyMs !== null && p95LatencyMs > latencyMs)
    alert("warning", `95 % of tasks took up to ${Math.round(p95LatencyMs)} ms, more than ${latencyMs} ms`);
  if (errorRate !== null && errorRate > errorLimit)
    alert("warning", `a share of ${errorRate.toFixed(4)} of tasks was given up, more than ${errorLimit}`);
  const isCritical = alerts.some(({ severity }) => severity === "critical");
  return {
    swarmId,
    healthStatus: isCritical ? ("critical" as const) : alerts.length > 0 ? ("degraded" as const) : ("healthy" as const),
    timestamp,
    metrics: {
      uptimeSeconds: livedMs(config, wanted, nowMs) / 1_000,
      leaderSilentMs: bulletin === null ? null : Math.max(0, nowMs - bulletin.atMs),
      agentsDown,
      agentsWanted,
      p95LatencyMs,
      errorRate,
      failuresDetected: bulletin?.tally.detected ?? 0,
      failuresRecovered: bulletin?.tally.recovered ?? 0,
    },
    alerts,
    agentHealth: agents.map(({ agentId, status, silentMs }) => ({ agentId, status, lastHeartbeatMs: silentMs })),
  };
}
