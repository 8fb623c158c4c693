// What the local server says about itself, and what the command line may ask of it.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0 });

/** Answer of the running server. */
export const LiveStatusSchema = Type.Object(
  {
    /** Isolation, ids, limits, network as this machine gives them. */
    label: Type.String(),
    uptimeSeconds: Type.Number({ minimum: 0 }),
    sandboxes: Count,
    creating: Count,
    maxSandboxes: Count,
    spares: Count,
    profile: Type.Union([Type.Enum(["hobby", "pro"]), Type.Null()]),
  },
  closed,
);
export type LiveStatus = Static<typeof LiveStatusSchema>;

export const LocalInput = Type.Object(
  {
    action: Type.Enum(["start", "stop", "status", "env", "logs"], { description: "what to do" }),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        description: "with start and env: port of the server; 0 for any free one",
      }),
    ),
    maxSandboxes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: "with start and env: sandboxes at once" }),
    ),
    spares: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 1_000, description: "with start and env: started sandboxes kept waiting" }),
    ),
    diskMb: Type.Optional(
      Type.Integer({ minimum: 16, maximum: 1_048_576, description: "with start and env: disk of one sandbox in MiB" }),
    ),
    idleSeconds: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 31_536_000,
        description: "with start and env: end after this long without work, for instance 90s or 2h",
      }),
    ),
    faults: Type.Optional(
      Type.Boolean({ description: "with start and env: open the fault plane (admin route and sentinel metadata)" }),
    ),
    tls: Type.Optional(
      Type.Boolean({ description: "with start and env: speak TLS and HTTP/2 too, with a certificate made here" }),
    ),
    profile: Type.Optional(
      Type.Enum(["hobby", "pro"], { description: "with start and env: limits of one of E2B's plans" }),
    ),
    shell: Type.Optional(
      Type.Enum(["sh", "fish", "json", "dotenv"], { description: "with env: form of the variables" }),
    ),
    dotenv: Type.Optional(Type.Boolean({ description: "with env: short for --shell dotenv" })),
    follow: Type.Optional(Type.Boolean({ description: "with logs: go on until the server ends" })),
    level: Type.Optional(
      Type.Enum(["debug", "info", "warn", "error"], { description: "with logs: only lines of this level and above" }),
    ),
    lines: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: "with logs: the last so many lines" }),
    ),
  },
  closed,
);
export type LocalInput = Static<typeof LocalInput>;
