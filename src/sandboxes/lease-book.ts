// The leases of one manager: who is in which state, and how many are open.
import type { Resources } from "../contracts/sandbox.ts";
import { invariant } from "../contracts/invariant.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import type { Clock } from "../host/clock.ts";
import { isOpen, meter, step, type Lease, type LeaseEvent, type Meter } from "./lease.ts";

export interface LeaseBook {
  /** Opens a lease, or throws `sandbox.quota`. */
  open(lease: Pick<Lease, "leaseId" | "template" | "keep">): void;
  /** False when the next open would be refused. */
  hasRoom(): boolean;
  advance(leaseId: string, event: LeaseEvent, resources?: Resources): void;
  /** The open lease of a sandbox, if it is one of ours. */
  find(sandboxId: string): Lease | null;
  all(): readonly Lease[];
  meters(): readonly Meter[];
}

export function openLeaseBook(clock: Clock, maxOpen: number): LeaseBook {
  const leases = new Map<string, Lease>();
  const all = (): Lease[] => [...leases.values()];
  const taken = (): number => all().filter(({ state }) => isOpen(state)).length;
  return {
    open(lease) {
      const running = taken();
      if (running >= maxOpen) {
        throw new SwarmError("sandbox.quota", `Cannot lease a sandbox: ${running} of ${maxOpen} are running`, {
          hint: "Release one, or raise maxSandboxes",
          details: { running, limit: maxOpen },
        });
      }
      leases.set(lease.leaseId, {
        ...lease,
        resources: null,
        state: { kind: "creating", sinceNs: clock.monotonicNs() },
      });
    },
    hasRoom: () => taken() < maxOpen,
    advance(leaseId, event, resources) {
      const lease = leases.get(leaseId);
      invariant(lease !== undefined, `lease ${leaseId} is known`);
      leases.set(leaseId, { ...lease, state: step(lease.state, event), resources: resources ?? lease.resources });
    },
    find: (sandboxId) =>
      all().find(
        ({ state }) =>
          isOpen(state) && state.kind !== "creating" && "sandboxId" in state && state.sandboxId === sandboxId,
      ) ?? null,
    all,
    meters: () =>
      all()
        .map((lease) => meter(lease, clock.monotonicNs()))
        .filter((used) => used !== null),
  };
}
