import { expect, it } from "vitest";
import { usageSince } from "../../src/backend/usage-since.ts";

const size = { cpuCount: 1, memoryMb: 512 };

it("counts what is new, of what was there only the time since, and nothing of others", () => {
  const before = [
    { ...size, sandboxId: "old", ranNs: 100n },
    { ...size, sandboxId: "other", ranNs: 5n },
  ];
  const now = [
    { ...size, sandboxId: "old", ranNs: 160n },
    { ...size, sandboxId: "other", ranNs: 65n },
    { ...size, sandboxId: "fresh", ranNs: 30n },
  ];
  expect(usageSince(before, now, new Set(["old", "fresh"]))).toEqual([
    { ...size, sandboxId: "old", ranNs: 60n, creations: 0 },
    { ...size, sandboxId: "fresh", ranNs: 30n, creations: 1 },
  ]);
  const parts = [usageSince([], before, new Set(["old"])), usageSince(before, now, new Set(["old"]))].flat();
  expect(parts.reduce((sum, { ranNs }) => sum + ranNs, 0n)).toBe(160n);
});
