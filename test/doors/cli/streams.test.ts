import { describe, expect, test } from "vitest";
import { recordingBackend, sandbox } from "../recording-backend.ts";
import { document, drive } from "./drive.ts";

describe("streams", () => {
  test("exec passes the program's output on byte for byte and json keeps it inside the document", async () => {
    const plain = await drive(["exec", "sbx1", "--", "x"]);
    expect(plain.stdout).toBe("out without newline");
    expect(plain.stderr).toBe("warn\nThe command ended with exit code 3\n");
    const json = await drive(["exec", "sbx1", "--json", "--", "x"]);
    expect(document(json).data).toMatchObject({ sandbox_id: "sbx1", exit_code: 3, process_id: 7, timed_out: false });
  });

  test("create prints the short names beside the derived ones", async () => {
    const driven = await drive(["create", "--json"]);
    expect(document(driven).data).toEqual({
      sandboxes: [
        {
          id: "sbx1",
          sandbox_id: "sbx1",
          name: "node-sbx1",
          template: "node",
          status: "running",
          created_at: sandbox.createdAt,
          end_at: sandbox.endAt,
          resources: { cpu: 1, cpu_count: 1, memory_mb: 512 },
          url: sandbox.url,
        },
      ],
    });
  });

  test("local env prints words a shell can read, or an env file, or json", async () => {
    expect((await drive(["local", "env"])).stdout).toBe(
      "export E2B_API_URL=http://127.0.0.1:1\nexport E2B_API_KEY='it'\\''s'\n",
    );
    expect((await drive(["local", "env", "--dotenv"])).stdout).toBe(
      "E2B_API_URL=http://127.0.0.1:1\nE2B_API_KEY=it's\n",
    );
    expect(document(await drive(["local", "env", "--json"]))).toMatchObject({
      data: { E2B_API_URL: "http://127.0.0.1:1", E2B_API_KEY: "it's" },
      meta: { target: "local", isolation: null },
    });
  });

  test("local logs prints the log, and nothing for an empty one", async () => {
    const print = async (text: string) =>
      (await drive(["local", "logs"], { localCommand: async () => ({ path: "/l", text }) })).stdout;
    expect([await print("one\ntwo\n"), await print("")]).toEqual(["one\ntwo\n", ""]);
  });

  test("progress goes to stderr, one line per sentence", async () => {
    const backend = recordingBackend({
      validate: (_input, { progress }) => {
        progress?.("suite backend");
        progress?.("suite mcp");
        return {
          runId: "r",
          verdict: "CERTIFIED",
          target: "local",
          isolation: "bwrap",
          claims: {},
          conditions: [],
          folder: "f",
        };
      },
    });
    const driven = await drive(["validate", "--json"], { backend });
    expect(driven.stderr).toBe("suite backend\nsuite mcp\n");
    document(driven);
  });

  test("--target and --isolation reach the backend from either side of the command", async () => {
    const driven = await drive(["--target", "local", "list", "--isolation", "none"]);
    expect(driven.backend.opened).toEqual([{ target: "local", isolation: "none" }]);
  });

  test("colour is off without a terminal, on with FORCE_COLOR, off again with NO_COLOR", async () => {
    const escape = String.fromCodePoint(27);
    expect((await drive(["lst"])).stderr).not.toContain(escape);
    expect((await drive(["lst"], { env: { FORCE_COLOR: "1" } })).stderr).toContain(escape);
    expect((await drive(["lst"], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stderr).not.toContain(escape);
    expect((await drive(["lst", "--no-color"], { env: { FORCE_COLOR: "1" } })).stderr).not.toContain(escape);
  });
});
