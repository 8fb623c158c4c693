import { expect, it } from "vitest";
import type { LeaseState } from "../../src/contracts/sandbox.ts";
import { meter, step, type LeaseEvent } from "../../src/sandboxes/lease.ts";

const creating: LeaseState = { kind: "creating", sinceNs: 0n };
const started: LeaseEvent = { kind: "started", sandboxId: "i1", endsNs: 10_000n, atNs: 100n };
const gone: LeaseEvent = { kind: "witnessed-gone", atNs: 350n };
const after = (...events: LeaseEvent[]): LeaseState => events.reduce(step, creating);

it("runs from its start to its witnessed end", () => {
  expect(after(started)).toEqual({ kind: "running", sandboxId: "i1", sinceNs: 100n, endsNs: 10_000n });
  expect(after(started, { kind: "releasing" }, gone)).toEqual({ kind: "released", sandboxId: "i1", ranNs: 250n });
  expect(after(started, gone)).toEqual({ kind: "lost", sandboxId: "i1", ranNs: 250n });
  expect(after(started, { kind: "releasing" }, { kind: "release-failed" })).toEqual(after(started));
  expect(after({ kind: "not-started", code: "sandbox.quota" })).toEqual({ kind: "failed", code: "sandbox.quota" });
});

it("has no step from an end, nor one that skips the start", () => {
  expect(() => after(gone)).toThrow("Invariant broken: a creating lease does not end");
  expect(() => after(started, started)).toThrow("Invariant broken: a running lease does not start");
  expect(() => after(started, gone, { kind: "releasing" })).toThrow("Invariant broken: a lost lease is not released");
});

it("meters what ran and nothing else", () => {
  const resources = { cpuCount: 1, memoryMb: 512 };
  const lease = (state: LeaseState) => ({ leaseId: "l", template: "base", keep: false, resources, state });
  expect(meter(lease(after(started)), 150n)).toEqual({ ...resources, sandboxId: "i1", ranNs: 50n });
  expect(meter(lease(after(started, gone)), 999n)).toEqual({ ...resources, sandboxId: "i1", ranNs: 250n });
  expect(meter(lease(creating), 150n)).toBeNull();
});

it("meters no second after the end that the target keeps, which can be set again while it runs", () => {
  const resources = { cpuCount: 1, memoryMb: 512 };
  const ranNs = (state: LeaseState, nowNs: bigint) =>
    meter({ leaseId: "l", template: "base", keep: false, resources, state }, nowNs)?.ranNs;
  expect(ranNs(after(started), 99_000n)).toBe(9_900n);
  expect(ranNs(after(started, { kind: "life-set", endsNs: 20_000n }), 99_000n)).toBe(19_900n);
  expect(ranNs(after(started, { kind: "witnessed-gone", atNs: 50_000n }), 99_000n)).toBe(9_900n);
  expect(() => after(started, gone, { kind: "life-set", endsNs: 1n })).toThrow(
    "Invariant broken: a lost lease has no life to set",
  );
});
