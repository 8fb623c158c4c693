// Inputs and outputs of the operations on templates: deploying one with a configuration, scaling what was deployed, and
// making a template of a sandbox.
import { Type, type Static } from "typebox";
import { SandboxStatusSchema } from "../sandbox.ts";

const closed = { additionalProperties: false } as const;
const DeploymentId = Type.String({ pattern: "^deployment_[0-9a-z]{16}$", description: "id of a deployment" });
const Time = Type.String({ format: "date-time" });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
export const categories = ["trading", "analytics", "ml", "custom"] as const;
export const mostInstances = 10;

const Configuration = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  maxProperties: 200,
  description:
    "any JSON object; each instance finds it in ~/.swarm/configuration.json. In the category trading, strategy starts that agent, with symbols and strategyParams",
});

export const DeployTemplateInput = Type.Object(
  {
    templateName: Type.String({
      minLength: 1,
      maxLength: 100,
      description: "base, node, python or a template of the target",
    }),
    category: Type.Enum([...categories], { description: "what it is for; trading may name a strategy to start" }),
    configuration: Type.Optional(Configuration),
    timeoutSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, default: 300, description: "life of each instance in seconds" }),
    ),
  },
  closed,
);
export const DeployTemplateOutput = Type.Object(
  {
    deploymentId: DeploymentId,
    sandboxId: Type.String(),
    template: Type.String(),
    category: Type.Enum([...categories]),
    status: Type.Enum(["running"]),
    /** Of the bytes that the sandbox gave back. */
    configurationSha256: Sha256,
    /** The agent that was started; null when the configuration names no strategy. */
    agentId: Type.Union([Type.String(), Type.Null()]),
    deployedAt: Time,
    endsAt: Time,
  },
  closed,
);

export const ScaleDeploymentInput = Type.Object(
  {
    deploymentId: DeploymentId,
    instanceCount: Type.Integer({ minimum: 1, maximum: mostInstances, description: "instances from now on" }),
    autoScale: Type.Optional(
      Type.Boolean({
        default: false,
        description: "refused when true: nothing measures the load of a deployment; a live swarm scales itself",
      }),
    ),
  },
  closed,
);
const Instance = Type.Object({ sandboxId: Type.String(), status: SandboxStatusSchema }, closed);
export const ScaleDeploymentOutput = Type.Object(
  {
    deploymentId: DeploymentId,
    previousInstances: Type.Integer({ minimum: 0, description: "that the target still knew" }),
    instances: Type.Array(Instance),
    totalInstances: Type.Integer({ minimum: 0 }),
    created: Type.Array(Type.String()),
    destroyed: Type.Array(Type.String()),
  },
  closed,
);

export const ExportTemplateInput = Type.Object(
  {
    sandboxId: Type.String({ minLength: 1, maxLength: 100, description: "id of a running sandbox" }),
    templateName: Type.String({
      pattern: "^[a-z0-9][a-z0-9_-]{0,62}$",
      description: "name of the new template: small letters, digits, - and _",
    }),
    includeData: Type.Optional(
      Type.Boolean({ default: false, description: "keep what lies in /home/user and /tmp; else they are emptied" }),
    ),
  },
  closed,
);
export const ExportTemplateOutput = Type.Object(
  {
    templateId: Type.String(),
    templateName: Type.String(),
    sandboxId: Type.String(),
    status: Type.Enum(["exported"]),
    includesData: Type.Boolean(),
    exportedAt: Time,
    /** Of the sandbox's disk, as the target last measured it; null when it has no measurement yet. */
    sizeMb: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
  },
  closed,
);

/** What stands in the record about a deployment. */
export const DeploymentSchema = Type.Object(
  {
    deploymentId: DeploymentId,
    template: Type.String({ maxLength: 100 }),
    category: Type.Enum([...categories]),
    configuration: Configuration,
    timeoutSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
    /** In order of creation. */
    sandboxIds: Type.Array(Type.String({ maxLength: 100 }), { maxItems: mostInstances }),
    createdMs: Type.Integer({ minimum: 0 }),
  },
  closed,
);
export type Deployment = Static<typeof DeploymentSchema>;
