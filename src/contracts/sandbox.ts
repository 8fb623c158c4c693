// Sandboxes and leases as every room sees them. A lease is a sandbox in our care: a tagged union, never a string with a default.
import { Type, type Static } from "typebox";

export const ResourcesSchema = Type.Object(
  {
    cpuCount: Type.Integer({ minimum: 1, description: "virtual CPUs" }),
    memoryMb: Type.Integer({ minimum: 1, description: "MiB of RAM" }),
  },
  { additionalProperties: false },
);
export type Resources = Static<typeof ResourcesSchema>;

export const SandboxStatusSchema = Type.Enum(["running", "paused", "stopped"]);

export const SandboxSchema = Type.Object(
  {
    sandboxId: Type.String({ description: "id issued by the target" }),
    name: Type.String(),
    template: Type.String(),
    status: SandboxStatusSchema,
    createdAt: Type.String({ format: "date-time" }),
    endAt: Type.String({ format: "date-time", description: "when the target will end it unless extended" }),
    resources: ResourcesSchema,
    url: Type.String({ description: "where its ports can be reached" }),
  },
  { additionalProperties: false },
);
export type SandboxRecord = Static<typeof SandboxSchema>;

/** What one sandbox has used until now. */
export interface MeterReading extends Resources {
  readonly sandboxId: string;
  readonly ranNs: bigint;
}

/** Life of a lease in the manager. Every state has a way on; `released` and `lost` are final. */
export type LeaseState =
  | { readonly kind: "creating"; readonly sinceNs: bigint }
  | { readonly kind: "running"; readonly sandboxId: string; readonly sinceNs: bigint; readonly endsNs: bigint }
  | { readonly kind: "releasing"; readonly sandboxId: string; readonly sinceNs: bigint; readonly endsNs: bigint }
  | { readonly kind: "released"; readonly sandboxId: string; readonly ranNs: bigint }
  | { readonly kind: "failed"; readonly code: string }
  | { readonly kind: "lost"; readonly sandboxId: string; readonly ranNs: bigint };

/** What one command inside a sandbox did. A non-zero exit code is a result, not an error. */
export interface CommandResult {
  /** Exit code; -1 when a signal ended the process. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Process id inside the sandbox. */
  readonly pid: number;
  readonly durationNs: bigint;
  /** True when the command was killed at its own time limit. */
  readonly timedOut: boolean;
}
