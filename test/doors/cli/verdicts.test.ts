import { describe, expect, test } from "vitest";
import { recordingBackend } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

describe("verdicts", () => {
  const verdicts = [
    ["CERTIFIED", 0],
    ["REFUSED", 1],
    ["CONDITIONAL", 3],
    ["INCOMPLETE", 6],
  ] as const;
  test.each(verdicts)("%s exits %d from validate and verify", async (verdict, code) => {
    const backend = recordingBackend({
      validate: () => ({
        runId: "run_1",
        verdict,
        target: "local",
        isolation: "bwrap",
        claims: {},
        conditions: [],
        folder: "f",
      }),
      verify: () => ({ verified: true, verdict, checked: [], remarks: [], problems: [] }),
    });
    const validated = await drive(["validate", "--json"], { backend });
    expect(validated.code).toBe(code);
    expect(document(validated)).toMatchObject({ ok: true, data: { verdict }, meta: { run_id: "run_1" } });
    expect((await drive(["verify", "f"], { backend })).code).toBe(code);
    expect((await drive(["verify", "f", "--integrity-only"], { backend })).code).toBe(0);
  });

  test("evidence that does not verify exits 7 whatever the verdict", async () => {
    const problem = { file: "samples.ndjson", place: "line 3", claim: null, problem: "hash chain broken" };
    const backend = recordingBackend({
      verify: () => ({ verified: false, verdict: "CERTIFIED", checked: [], remarks: [], problems: [problem] }),
    });
    const driven = await drive(["verify", "f", "--integrity-only"], { backend });
    expect(driven.code).toBe(7);
    expect(driven.stdout).toContain("hash chain broken");
  });
});
