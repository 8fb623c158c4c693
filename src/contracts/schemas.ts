// Every schema that crosses a boundary, by id. tools/schemas.mjs turns this table into precompiled validators and plain
// JSON Schema, so that shipped code imports neither TypeBox nor ajv's compiler.
import type { Static } from "typebox";
import { BallotSchema, DecisionSchema } from "./ballots.ts";
import * as fault from "./fault-plan.ts";
import { FrameFromAgentSchema, FrameToAgentSchema, ProposalSchema } from "./frames.ts";
import { LiveStatusSchema, LocalInput } from "./local-server.ts";
import * as sandbox from "./operations/sandbox.ts";
import * as backtest from "./operations/backtest.ts";
import * as swarm from "./operations/swarm.ts";

export const schemas = {
  "frame.to-agent": FrameToAgentSchema,
  "frame.from-agent": FrameFromAgentSchema,
  proposal: ProposalSchema,
  ballot: BallotSchema,
  decision: DecisionSchema,
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
  "health.input": sandbox.HealthInput,
  "health.output": sandbox.HealthOutput,
  "version.input": sandbox.VersionInput,
  "version.output": sandbox.VersionOutput,
  "deploy.input": swarm.DeployInput,
  "deploy.output": swarm.DeployOutput,
  "decide.input": swarm.DecideInput,
  "decide.output": swarm.DecideOutput,
  "backtest.input": backtest.BacktestInput,
  "backtest.output": backtest.BacktestOutput,
  "validate.input": swarm.ValidateInput,
  "validate.output": swarm.ValidateOutput,
  "verify.input": swarm.VerifyInput,
  "verify.output": swarm.VerifyOutput,
} as const;

export type SchemaId = keyof typeof schemas;
export type SchemaValue<Id extends SchemaId> = Static<(typeof schemas)[Id]>;
