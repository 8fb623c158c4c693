// Faults of the local server as data: what shall go wrong, for which call, how often; and what came of it. A suite reads
// planned, attempted and observed apart, and whether the effect of the call that was hit certainly did not happen.
import { Type, type Static } from "typebox";

const closed = { additionalProperties: false } as const;
const Milliseconds = Type.Integer({ minimum: 1, maximum: 600_000 });
const Bytes = Type.Integer({ minimum: 1, maximum: 1_073_741_824 });
const Moment = Type.Enum(["before-effect", "after-effect", "mid-answer"]);

/** One answer instead of the real one; nothing reaches the endpoint or the sandbox. */
export const AnswerFaultSchema = Type.Object(
  {
    kind: Type.Literal("answer"),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    /** Absent: no Retry-After header. */
    retryAfterSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600 })),
    message: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** Who seems to answer a sandbox's call; default `gateway` for 502, else `service`. */
    by: Type.Optional(Type.Enum(["service", "gateway"])),
  },
  closed,
);
/** No answer until the caller gives up, at most `ms` (default 60,000); then the connection breaks. */
export const HangFaultSchema = Type.Object({ kind: Type.Literal("hang"), ms: Type.Optional(Milliseconds) }, closed);
/** The call goes on after `ms`. */
export const DelayFaultSchema = Type.Object({ kind: Type.Literal("delay"), ms: Milliseconds }, closed);
/** The connection breaks. */
export const DropFaultSchema = Type.Object(
  { kind: Type.Literal("drop"), when: Moment, afterBytes: Type.Optional(Bytes) },
  closed,
);
/** The sandbox of the call is killed. */
export const KillFaultSchema = Type.Object(
  { kind: Type.Literal("kill"), when: Moment, afterBytes: Type.Optional(Bytes) },
  closed,
);
/** The sandbox of the call stands still for `frozenMs`, runs for `runningMs`, and so on for `forMs`. */
export const SlowFaultSchema = Type.Object(
  {
    kind: Type.Literal("slow"),
    forMs: Milliseconds,
    frozenMs: Type.Optional(Type.Integer({ minimum: 10, maximum: 60_000 })),
    runningMs: Type.Optional(Type.Integer({ minimum: 5, maximum: 60_000 })),
  },
  closed,
);
/** A disk of the sandbox is filled up to its own bound, and emptied again after `forMs` or when the fault is cleared. */
export const FillFaultSchema = Type.Object(
  {
    kind: Type.Literal("fill"),
    where: Type.Enum(["disk", "shared-memory"]),
    forMs: Type.Optional(Milliseconds),
  },
  closed,
);
/** Every open connection to the sandbox breaks; what runs inside goes on. */
export const ResetFaultSchema = Type.Object({ kind: Type.Literal("reset-streams") }, closed);

export const FaultActionSchema = Type.Union([
  AnswerFaultSchema,
  HangFaultSchema,
  DelayFaultSchema,
  DropFaultSchema,
  KillFaultSchema,
  SlowFaultSchema,
  FillFaultSchema,
  ResetFaultSchema,
]);
export type FaultAction = Static<typeof FaultActionSchema>;

/** What a call is for, the same for every generation of SDKs. */
export const faultOperations = [
  "create",
  "connect",
  "list",
  "info",
  "kill",
  "timeout",
  "pause",
  "run",
  "stdin",
  "signal",
  "read",
  "write",
  "watch",
] as const;

/** Every field that is present must fit. An empty matcher fits every call but those of this plane itself. */
export const FaultMatchSchema = Type.Object(
  {
    plane: Type.Optional(Type.Enum(["control", "envd", "port"])),
    operation: Type.Optional(Type.Enum([...faultOperations])),
    method: Type.Optional(Type.Enum(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])),
    /** `*` stands for one segment, `**` for any number of them: `/sandboxes/*`. */
    path: Type.Optional(Type.String({ pattern: "^/", maxLength: 200 })),
    /** `process.Process/Start`. */
    rpc: Type.Optional(Type.String({ pattern: "^[a-zA-Z.]+/[A-Za-z]+$", maxLength: 100 })),
    sandboxId: Type.Optional(Type.String({ pattern: "^[a-z0-9]+$", maxLength: 100 })),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535 })),
  },
  closed,
);
export type FaultMatch = Static<typeof FaultMatchSchema>;

export const FaultPlanSchema = Type.Object(
  {
    action: FaultActionSchema,
    match: Type.Optional(FaultMatchSchema),
    /** `now` acts at once on the sandbox named in `match`: kill, slow, fill, reset-streams. Default `call`. */
    trigger: Type.Optional(Type.Enum(["call", "now"])),
    /** The first matching call that counts; default 1. */
    nth: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    /** Calls to hit; default 1. */
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
    /** Chance of each matching call to be hit; default 1. Draws come from `seed`, so a run can be repeated. */
    probability: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** Planned, but not armed, until then. */
    startAfterMs: Type.Optional(Milliseconds),
    /** Default 600,000. */
    expiresAfterMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600_000 })),
    /** For people and for joining records of a suite. */
    label: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  },
  closed,
);
export type FaultPlan = Static<typeof FaultPlanSchema>;

export const FaultHitSchema = Type.Object(
  {
    /** Wall time at which the fault was attempted. */
    attemptedAt: Type.String(),
    /** Wall time at which it was seen to have worked; null while it was not. */
    observedAt: Type.Union([Type.String(), Type.Null()]),
    /** Of the call that was hit: did what it asked for happen? */
    effect: Type.Enum(["happened", "did-not-happen", "unknown"]),
    method: Type.String(),
    path: Type.String(),
    sandboxId: Type.Union([Type.String(), Type.Null()]),
    /** Bytes of the answer's body that went out, where the fault counts them. */
    answerBytes: Type.Integer({ minimum: 0 }),
    /** What was seen, in a sentence. */
    note: Type.String(),
  },
  closed,
);
export type FaultHit = Static<typeof FaultHitSchema>;

export const FaultRecordSchema = Type.Object(
  {
    id: Type.String(),
    origin: Type.Enum(["admin", "sentinel"]),
    plan: FaultPlanSchema,
    /** planned: not yet in force · armed: waits for its call · triggered: hit at least one · expired: over without a hit. */
    state: Type.Enum(["planned", "armed", "triggered", "expired"]),
    plannedAt: Type.String(),
    /** Matching calls so far, hit or not. */
    matched: Type.Integer({ minimum: 0 }),
    attempted: Type.Integer({ minimum: 0 }),
    observed: Type.Integer({ minimum: 0 }),
    /** Hits that are still to come; 0 when it is over. */
    remaining: Type.Integer({ minimum: 0 }),
    /** Of the last call that was hit; `did-not-happen` while none was. */
    effect: Type.Enum(["happened", "did-not-happen", "unknown"]),
    hits: Type.Array(FaultHitSchema),
  },
  closed,
);
export type FaultRecord = Static<typeof FaultRecordSchema>;

export const FaultListSchema = Type.Object({ faults: Type.Array(FaultRecordSchema) }, closed);
