import { describe, expect, test } from "vitest";
import { SwarmError } from "../../../src/contracts/swarm-error.ts";
import { recordingBackend, sandbox } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

describe("destroy", () => {
  const yes = async (): Promise<string> => "y";
  test("asks where a person can answer", async () => {
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => {
      questions.push(question);
      return "y";
    };
    const driven = await drive(["destroy", "a", "b"], { ask });
    expect(questions).toEqual(["End 2 sandboxes? [y/N] "]);
    expect(driven.code).toBe(0);
    expect(driven.backend.calls).toHaveLength(2);
  });

  test("does nothing after no, and never asks with --no-input", async () => {
    const declined = await drive(["destroy", "a"], { ask: async () => "" });
    expect([declined.code, declined.backend.calls]).toEqual([2, []]);
    const silent = await drive(["destroy", "a", "--no-input"], { ask: yes });
    expect([silent.code, silent.backend.calls]).toEqual([2, []]);
  });

  test("--all ends what list knows, --force needs no question and is passed on", async () => {
    const driven = await drive(["destroy", "--all", "--force", "--json"]);
    expect(driven.backend.calls.slice(1)).toEqual([
      { name: "terminateE2bSandbox", input: { sandboxId: "sbx1", force: true } },
      { name: "terminateE2bSandbox", input: { sandboxId: "sbx2", force: true } },
    ]);
    expect(document(driven).data).toMatchObject({
      sandboxes: [
        { id: "sbx1", sandbox_id: "sbx1", status: "terminated" },
        { id: "sbx2", sandbox_id: "sbx2", status: "terminated" },
      ],
      total: 2,
    });
  });

  test("an unknown id among good ones leaves 5 and still says what was ended", async () => {
    const backend = recordingBackend({
      terminateE2bSandbox: ({ sandboxId }) => {
        if (sandboxId === "bad") throw new SwarmError("sandbox.not-found", 'Cannot end "bad": no such sandbox');
        return { sandboxId, status: "terminated", terminatedAt: sandbox.createdAt, message: "ended" };
      },
    });
    const driven = await drive(["destroy", "a", "bad", "b", "--yes", "--json"], { backend });
    expect(driven.code).toBe(5);
    expect(document(driven)).toMatchObject({
      ok: false,
      data: { total: 2, sandboxes: [{ id: "a" }, { id: "b" }] },
      error: { code: "sandbox.not-found" },
    });
  });
});
