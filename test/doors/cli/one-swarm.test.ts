// `agents` and `scale` without a name: the one live swarm is meant, and none or several is said.
import { expect, test } from "vitest";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

const id = (letter: string): string => `swarm_${letter.repeat(16)}`;

function withSwarms(statuses: readonly ("active" | "degraded" | "stopped")[]) {
  const swarms = statuses.map((status, at) => ({
    swarmId: id("abc"[at] ?? "d"),
    status,
    topology: "star",
    activeAgents: 1,
    wantedAgents: 1,
    createdAt: "2026-01-02T03:04:05.000Z",
    endsAt: null,
  }));
  return recordingBackend({ listE2bSwarms: () => ({ swarms, total: swarms.length }) });
}

test.each([
  [["agents"], "listSwarmAgents", { swarmId: id("b") }],
  [["scale", "-c", "4"], "scaleSwarm", { swarmId: id("b"), targetAgents: 4 }],
] as const)("%j means the only swarm that has not ended", async (words, name, input) => {
  const backend = withSwarms(["stopped", "degraded", "stopped"]);
  const { code } = await drive(words, { backend });
  expect([code, backend.calls]).toEqual([
    0,
    [
      { name: "listE2bSwarms", input: {} },
      { name, input },
    ],
  ]);
});

test.each([["agents"], ["scale", "-c", "4"]])(
  "%s names the swarms when there are several, and does nothing",
  async (...words) => {
    const backend = withSwarms(["active", "degraded"]);
    const driven = await drive([...words, "--json"], { backend });
    expect([driven.code, document(driven).error]).toEqual([
      2,
      {
        code: "usage.invalid",
        message: `[usage.invalid] Cannot choose a swarm: 2 are live, ${id("a")}, ${id("b")}`,
        hint: `Name one, for instance --swarm ${id("a")}`,
        retryable: false,
      },
    ]);
    expect(backend.calls).toHaveLength(1);
  },
);

test("without a live swarm it is not found", async () => {
  const driven = await drive(["agents", "--json"], { backend: withSwarms(["stopped"]) });
  expect([driven.code, document(driven).error.code]).toEqual([5, "swarm.not-found"]);
});
