// A sandbox in our care, as a state machine. Every state has a way on; what ran is metered from `running` to its end.
import type { LeaseState, Resources } from "../contracts/sandbox.ts";
import { invariant } from "../contracts/invariant.ts";

export type LeaseEvent =
  | { readonly kind: "started"; readonly sandboxId: string; readonly atNs: bigint; readonly endsNs: bigint }
  | { readonly kind: "life-set"; readonly endsNs: bigint }
  | { readonly kind: "not-started"; readonly code: string }
  | { readonly kind: "releasing" }
  | { readonly kind: "release-failed" }
  | { readonly kind: "witnessed-gone"; readonly atNs: bigint };

/** A lease as others see it. */
export interface Lease {
  readonly leaseId: string;
  readonly template: string;
  /** False = this process ends it when it closes; true = the user asked for it and ends it. */
  readonly keep: boolean;
  readonly state: LeaseState;
  /** Known once it runs. */
  readonly resources: Resources | null;
}

/** What a lease has used: the input of the costs room. */
export interface Meter extends Resources {
  readonly sandboxId: string;
  readonly ranNs: bigint;
}

/** The next state. A step that the machine does not have is a defect of the caller. */
export function step(state: LeaseState, event: LeaseEvent): LeaseState {
  switch (event.kind) {
    case "started":
      invariant(state.kind === "creating", `a ${state.kind} lease does not start`);
      return { kind: "running", sandboxId: event.sandboxId, sinceNs: event.atNs, endsNs: event.endsNs };
    case "life-set":
      invariant(state.kind === "running", `a ${state.kind} lease has no life to set`);
      return { ...state, endsNs: event.endsNs };
    case "not-started":
      invariant(state.kind === "creating", `a ${state.kind} lease does not fail to start`);
      return { kind: "failed", code: event.code };
    case "releasing":
      invariant(state.kind === "running", `a ${state.kind} lease is not released`);
      return { ...state, kind: "releasing" };
    case "release-failed":
      invariant(state.kind === "releasing", `a ${state.kind} lease does not fail to be released`);
      return { ...state, kind: "running" };
    case "witnessed-gone":
      invariant(state.kind === "running" || state.kind === "releasing", `a ${state.kind} lease does not end`);
      return {
        kind: state.kind === "releasing" ? "released" : "lost",
        sandboxId: state.sandboxId,
        ranNs: ranUntil(state, event.atNs),
      };
  }
}

/** True while the lease counts against the limit. */
export function isOpen(state: LeaseState): boolean {
  return state.kind === "creating" || state.kind === "running" || state.kind === "releasing";
}

/** What the lease has used until now; null before its sandbox ran. */
export function meter({ state, resources }: Lease, nowNs: bigint): Meter | null {
  if (resources === null) return null;
  switch (state.kind) {
    case "creating":
    case "failed":
      return null;
    case "running":
    case "releasing":
      return { ...resources, sandboxId: state.sandboxId, ranNs: ranUntil(state, nowNs) };
    case "released":
    case "lost":
      return { ...resources, sandboxId: state.sandboxId, ranNs: state.ranNs };
  }
}

/** The target ends a sandbox at the end of its life, whether we look or not: nothing runs longer. */
function ranUntil({ sinceNs, endsNs }: { readonly sinceNs: bigint; readonly endsNs: bigint }, atNs: bigint): bigint {
  const untilNs = atNs < endsNs ? atNs : endsNs;
  return untilNs > sinceNs ? untilNs - sinceNs : 0n;
}
