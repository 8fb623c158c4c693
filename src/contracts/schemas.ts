// Every schema that crosses a boundary, by id. tools/schemas.mjs turns this table into precompiled validators and plain
// JSON Schema, so that shipped code imports neither TypeBox nor ajv's compiler.
import type { Static } from "typebox";
import * as agreement from "./agreement.ts";
import { BallotSchema, DecisionSchema } from "./ballots.ts";
import { ConfigSchema } from "./config.ts";
import * as fault from "./fault-plan.ts";
import { FrameFromAgentSchema, FrameToAgentSchema, ProposalSchema } from "./frames.ts";
import { LiveStatusSchema, LocalInput } from "./local-server.ts";
import * as live from "./live-swarm.ts";
import * as team from "./operations/live.ts";
import * as record from "./record-values.ts";
import * as sandbox from "./operations/sandbox.ts";
import { LatencyModelSchema, SimulateInput, SimulateOutput } from "./simulation.ts";
import { AuditInput, AuditOutput } from "./operations/audit.ts";
import * as backtest from "./operations/backtest.ts";
import * as feed from "./feeds.ts";
import { FantasyInput, FantasyOutput } from "./operations/sports.ts";
import { MonitorInput, MonitorOutput } from "./operations/monitor.ts";
import * as templates from "./operations/templates.ts";
import * as court from "./operations/court.ts";
import * as reports from "./operations/reports.ts";
import * as swarm from "./operations/swarm.ts";
import { ResolvedSchema } from "./resolved.ts";
import { EquivocationSchema } from "./signed-ballot.ts";

export const schemas = {
  "frame.to-agent": FrameToAgentSchema,
  "frame.from-agent": FrameFromAgentSchema,
  proposal: ProposalSchema,
  ballot: BallotSchema,
  decision: DecisionSchema,
  motion: agreement.MotionSchema,
  equivocation: EquivocationSchema,
  resolved: ResolvedSchema,
  certificate: agreement.CertificateSchema,
  "fault.plan": fault.FaultPlanSchema,
  "fault.record": fault.FaultRecordSchema,
  "fault.list": fault.FaultListSchema,
  // One per kind, so that a wrong field is named instead of "no variant fits".
  "fault.answer": fault.AnswerFaultSchema,
  "fault.hang": fault.HangFaultSchema,
  "fault.delay": fault.DelayFaultSchema,
  "fault.drop": fault.DropFaultSchema,
  "fault.kill": fault.KillFaultSchema,
  "fault.slow": fault.SlowFaultSchema,
  "fault.fill": fault.FillFaultSchema,
  "fault.reset-streams": fault.ResetFaultSchema,
  "local.status": LiveStatusSchema,
  "local.input": LocalInput,
  "swarm-init.input": team.InitSwarmInput,
  "swarm-init.output": team.InitSwarmOutput,
  "swarm-deploy.input": team.DeployAgentInput,
  "swarm-deploy.output": team.DeployAgentOutput,
  "swarm.input": team.SwarmInput,
  "swarm-agent.input": team.AgentInput,
  "swarm-status.input": team.SwarmStatusInput,
  "swarm-status.output": team.SwarmStatusOutput,
  "swarm-list.input": team.ListSwarmsInput,
  "swarm-list.output": team.ListSwarmsOutput,
  "swarm-agents.output": team.ListAgentsOutput,
  "swarm-agent.output": team.AgentOutput,
  "swarm-agent-stop.input": team.StopAgentInput,
  "swarm-agent-stop.output": team.StopAgentOutput,
  "swarm-agent-restart.output": team.RestartAgentOutput,
  "swarm-scale.input": team.ScaleSwarmInput,
  "swarm-scale.output": team.ScaleSwarmOutput,
  "swarm-shutdown.input": team.ShutdownSwarmInput,
  "swarm-shutdown.output": team.ShutdownSwarmOutput,
  "swarm-metrics.input": team.SwarmMetricsInput,
  "swarm-metrics.output": team.SwarmMetricsOutput,
  "swarm-rebalance.input": team.RebalanceSwarmInput,
  "swarm-rebalance.output": team.RebalanceSwarmOutput,
  "swarm-performance.input": team.SwarmPerformanceInput,
  "swarm-performance.output": team.SwarmPerformanceOutput,
  "swarm-health.input": team.SwarmHealthInput,
  "swarm-health.output": team.SwarmHealthOutput,
  config: ConfigSchema,
  "live.coordinate": live.CoordinateSchema,
  "live.config": live.SwarmConfigSchema,
  "live.wanted": live.WantedSchema,
  "live.place": live.PlaceSchema,
  "live.bulletin": live.BulletinSchema,
  "live.presence": live.PresenceSchema,
  "live.execution": live.ExecutionSchema,
  "live.minute": live.MinuteSchema,
  "live.rebalance": live.RebalanceSchema,
  "record.market-data": record.MarketDataValue,
  "record.sentiment": record.SentimentValue,
  "record.signal": record.SignalValue,
  "record.ballot": record.BallotValue,
  "record.decision": record.DecisionValue,
  "create.input": sandbox.CreateInput,
  "create.output": sandbox.CreateOutput,
  "list.input": sandbox.ListInput,
  "list.output": sandbox.ListOutput,
  "status.input": sandbox.StatusInput,
  "status.output": sandbox.StatusOutput,
  "execute.input": sandbox.ExecuteInput,
  "execute.output": sandbox.ExecuteOutput,
  "terminate.input": sandbox.TerminateInput,
  "terminate.output": sandbox.TerminateOutput,
  "monitor.input": MonitorInput,
  "monitor.output": MonitorOutput,
  "health.input": sandbox.HealthInput,
  "health.output": sandbox.HealthOutput,
  "version.input": sandbox.VersionInput,
  "version.output": sandbox.VersionOutput,
  "template-deploy.input": templates.DeployTemplateInput,
  "template-deploy.output": templates.DeployTemplateOutput,
  "template-export.input": templates.ExportTemplateInput,
  "template-export.output": templates.ExportTemplateOutput,
  "deployment-scale.input": templates.ScaleDeploymentInput,
  "deployment-scale.output": templates.ScaleDeploymentOutput,
  deployment: templates.DeploymentSchema,
  "deploy.input": swarm.DeployInput,
  "deploy.output": swarm.DeployOutput,
  "decide.input": swarm.DecideInput,
  "decide.output": swarm.DecideOutput,
  "simulation.model": LatencyModelSchema,
  "simulate.input": SimulateInput,
  "simulate.output": SimulateOutput,
  "backtest.input": backtest.BacktestInput,
  "backtest.output": backtest.BacktestOutput,
  "fantasy.input": FantasyInput,
  "fantasy.output": FantasyOutput,
  "feed.sleeper-state": feed.SleeperState,
  "feed.sleeper-trending": feed.SleeperTrending,
  "feed.espn-scoreboard": feed.EspnScoreboard,
  "feed.odds-events": feed.OddsEvents,
  "feed.alpaca-bars": feed.AlpacaBars,
  "feed.ccxt-candles": feed.CcxtCandles,
  "plan.input": court.PlanInput,
  "plan.output": court.PlanOutput,
  "bench.input": court.BenchInput,
  "bench.output": court.BenchOutput,
  "validate.input": swarm.ValidateInput,
  "validate.output": swarm.ValidateOutput,
  "audit.input": AuditInput,
  "audit.output": AuditOutput,
  "verify.input": swarm.VerifyInput,
  "verify.output": swarm.VerifyOutput,
  "report.input": reports.ReportInput,
  "report.output": reports.ReportOutput,
  "diff.input": reports.DiffInput,
  "diff.output": reports.DiffOutput,
} as const;

export type SchemaId = keyof typeof schemas;
export type SchemaValue<Id extends SchemaId> = Static<(typeof schemas)[Id]>;
