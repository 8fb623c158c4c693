// Inputs and outputs of the sandbox operations. Library names are these; wire names are their snake_case, made by the doors.
import { Type, type Static } from "typebox";
import { SandboxSchema } from "../sandbox.ts";

const closed = { additionalProperties: false } as const;
const SandboxId = Type.String({ minLength: 1, maxLength: 100, description: "id of a sandbox" });
const EnvVars = Type.Record(Type.String(), Type.String(), { description: "environment of the sandbox" });

export const CreateInput = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "name for people; default <template>-<id>" }),
    ),
    template: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        default: "base",
        description: "base, node, python or a template of the target",
      }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, default: 300, description: "life in seconds unless extended" }),
    ),
    count: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: 1, description: "how many, created in parallel" }),
    ),
    cpuCount: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 4,
        description:
          "virtual CPUs; a size is a variant of the template, built when the target lacks it; 1 with memoryMb",
      }),
    ),
    memoryMb: Type.Optional(
      Type.Integer({ minimum: 256, maximum: 4_096, multipleOf: 2, description: "MiB of RAM; 512 with cpuCount" }),
    ),
    envVars: Type.Optional(EnvVars),
  },
  closed,
);
export type CreateInput = Static<typeof CreateInput>;
export const CreateOutput = Type.Object({ sandboxes: Type.Array(SandboxSchema) }, closed);
export type CreateOutput = Static<typeof CreateOutput>;

export const ListInput = Type.Object(
  {
    status: Type.Optional(
      Type.Enum(["running", "paused", "stopped", "all"], { default: "all", description: "only these" }),
    ),
  },
  closed,
);
export type ListInput = Static<typeof ListInput>;
export const ListOutput = Type.Object({ sandboxes: Type.Array(SandboxSchema), total: Type.Integer() }, closed);
export type ListOutput = Static<typeof ListOutput>;

export const StatusInput = Type.Object({ sandboxId: SandboxId }, closed);
export type StatusInput = Static<typeof StatusInput>;
export const StatusOutput = Type.Object(
  {
    ...SandboxSchema.properties,
    uptimeSeconds: Type.Number({ minimum: 0 }),
    metrics: Type.Union([
      Type.Object(
        {
          cpuPercent: Type.Number({ minimum: 0 }),
          memoryUsedMb: Type.Number({ minimum: 0 }),
          diskUsedMb: Type.Number({ minimum: 0 }),
        },
        closed,
      ),
      Type.Null({ description: "the target has no measurement yet" }),
    ]),
    processesRunning: Type.Integer({ minimum: 0, description: "processes started through the target and still alive" }),
  },
  closed,
);
export type StatusOutput = Static<typeof StatusOutput>;

export const ExecuteInput = Type.Object(
  {
    sandboxId: SandboxId,
    command: Type.String({
      minLength: 1,
      maxLength: 100_000,
      description: "program, or a shell line when args is absent",
    }),
    args: Type.Optional(
      Type.Array(Type.String(), { maxItems: 1_000, description: "passed unchanged, never through a shell" }),
    ),
    timeoutSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, maximum: 86_400, default: 60, description: "killed after this many seconds" }),
    ),
    cwd: Type.Optional(Type.String()),
    envVars: Type.Optional(EnvVars),
    captureOutput: Type.Optional(Type.Boolean({ default: true, description: "false drops stdout and stderr" })),
  },
  closed,
);
export type ExecuteInput = Static<typeof ExecuteInput>;
export const ExecuteOutput = Type.Object(
  {
    sandboxId: Type.String(),
    command: Type.String(),
    exitCode: Type.Integer({ description: "-1 when a signal ended it" }),
    stdout: Type.String(),
    stderr: Type.String(),
    processId: Type.Integer(),
    executionTimeMs: Type.Number({ minimum: 0 }),
    timedOut: Type.Boolean(),
  },
  closed,
);
export type ExecuteOutput = Static<typeof ExecuteOutput>;

export const TerminateInput = Type.Object(
  {
    sandboxId: SandboxId,
    force: Type.Optional(Type.Boolean({ default: false, description: "succeed when it is already gone" })),
  },
  closed,
);
export type TerminateInput = Static<typeof TerminateInput>;
export const TerminateOutput = Type.Object(
  {
    sandboxId: Type.String(),
    status: Type.Enum(["terminated", "already-gone"]),
    terminatedAt: Type.String({ format: "date-time" }),
    message: Type.String(),
  },
  closed,
);
export type TerminateOutput = Static<typeof TerminateOutput>;

export const HealthInput = Type.Object(
  {
    includeAllSandboxes: Type.Optional(
      Type.Boolean({ default: false, description: "also those this folder did not create" }),
    ),
  },
  closed,
);
export type HealthInput = Static<typeof HealthInput>;
export const HealthOutput = Type.Object(
  {
    status: Type.Enum(["healthy", "degraded", "unhealthy"]),
    target: Type.Enum(["local", "cloud"]),
    isolation: Type.Enum(["bwrap", "gvisor", "none", "provider"]),
    sandboxes: Type.Object(
      {
        total: Type.Integer(),
        running: Type.Integer(),
        lost: Type.Integer({ description: "recorded here, unknown to the target" }),
      },
      closed,
    ),
    agents: Type.Object({ total: Type.Integer(), active: Type.Integer() }, closed),
    checks: Type.Array(Type.Object({ name: Type.String(), ok: Type.Boolean(), detail: Type.String() }, closed)),
    issues: Type.Array(Type.String()),
  },
  closed,
);
export type HealthOutput = Static<typeof HealthOutput>;

export const VersionInput = Type.Object({}, closed);
export type VersionInput = Static<typeof VersionInput>;
export const VersionOutput = Type.Object(
  { version: Type.String(), node: Type.String(), e2bSdk: Type.String() },
  closed,
);
export type VersionOutput = Static<typeof VersionOutput>;
