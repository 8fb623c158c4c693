// `local` in the words a person types: which options go with which action, the forms of `env`, what is refused.
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { LocalInput } from "../../../src/contracts/local-server.ts";
import { document, drive } from "./drive.ts";

const odd = { E2B_API_URL: "http://127.0.0.1:1", E2B_API_KEY: String.raw`it's a \ $HOME "key"` };

describe("local", () => {
  test.each<[string[], LocalInput]>([
    [["start"], { action: "start" }],
    [
      [
        "start",
        "--port",
        "4000",
        "--max-sandboxes",
        "5",
        "--spares",
        "0",
        "--idle",
        "2h",
        "--faults",
        "--profile",
        "pro",
      ],
      { action: "start", port: 4000, maxSandboxes: 5, spares: 0, idleSeconds: 7200, faults: true, profile: "pro" },
    ],
    [["env", "--faults"], { action: "env", faults: true }],
    [["logs", "-f", "--level", "warn", "-n", "7"], { action: "logs", follow: true, level: "warn", lines: 7 }],
    [["stop"], { action: "stop" }],
  ])("%j becomes one call", async (words, wanted) => {
    const seen: LocalInput[] = [];
    const driven = await drive(["local", ...words], {
      localCommand: async (input) => {
        seen.push(input);
        return { text: "" };
      },
    });
    expect([driven.code, seen]).toEqual([0, [wanted]]);
  });

  test.each<[string[], string]>([
    [["start", "--port", "70000"], "Cannot accept --port: it is 70000 but must be <= 65535"],
    [["start", "--spares", "many"], 'Cannot accept --spares: it is "many" but must be integer'],
    [["start", "--idle", "soon"], 'Cannot accept --idle: it is "soon" but must be number'],
    [["start", "--profile", "team"], 'Cannot accept --profile: it is "team" but must be one of hobby, pro'],
    [["env", "--shell", "csh"], 'Cannot accept --shell: it is "csh" but must be one of sh, fish, json, dotenv'],
    [["logs", "--level", "loud"], 'Cannot accept --level: it is "loud" but must be one of debug, info, warn, error'],
    [["stop", "--faults"], "Cannot use --faults with local stop: only start and env bring the server up"],
    [["status", "--follow"], "Cannot use --follow with local status: only logs prints the server's log"],
    [["start", "--shell", "sh"], "Cannot use --shell with local start: only env prints variables"],
    [["env", "--dotenv", "--shell", "fish"], "Cannot use --dotenv with --shell fish: both name a form"],
    [["logs", "--follow", "--json"], "Cannot use --follow with --json: a log that goes on is no single document"],
  ])("%j is refused with exit 2 before anything is touched", async (words, sentence) => {
    const driven = await drive(["local", ...words], {
      localCommand: async () => {
        throw new Error("touched");
      },
    });
    expect(driven.code).toBe(2);
    expect(driven.stderr).toContain(`error [usage.invalid] ${sentence}\n`);
  });

  test("env speaks sh, fish, env files and json, whatever a value holds", async () => {
    const print = async (...words: string[]): Promise<string> =>
      (await drive(["local", "env", ...words], { localCommand: async () => odd })).stdout;
    const sh = await print();
    expect(sh).toBe(`export E2B_API_URL=http://127.0.0.1:1\nexport E2B_API_KEY='it'\\''s a \\ $HOME "key"'\n`);
    const said = execFileSync("/bin/sh", ["-c", `eval "$1"; printf %s "$E2B_API_KEY"`, "sh", sh], { encoding: "utf8" });
    expect(said).toBe(odd.E2B_API_KEY);
    expect(await print("--shell", "fish")).toBe(
      `set -gx E2B_API_URL http://127.0.0.1:1;\nset -gx E2B_API_KEY 'it\\'s a \\\\ $HOME "key"';\n`,
    );
    expect(JSON.parse(await print("--shell", "json"))).toEqual(odd);
    expect(await print("--shell", "dotenv")).toBe(await print("--dotenv"));
    expect(document(await drive(["local", "env", "--json"], { localCommand: async () => odd })).data).toEqual(odd);
  });

  test("logs --follow passes lines on as they come", async () => {
    const driven = await drive(["local", "logs", "--follow"], {
      localCommand: async (_input, { print }) => {
        print?.("one\n");
        print?.("two\n");
        return { path: "/l", text: "" };
      },
    });
    expect([driven.code, driven.stdout]).toEqual([0, "one\ntwo\n"]);
  });

  test("status shows words of the wire and leaves empty lists out", async () => {
    const localCommand = async (): Promise<object> => ({
      running: true,
      lostSandboxes: [],
      serverMemoryMb: 61.5,
      isolation: "bwrap",
    });
    expect((await drive(["local", "status"], { localCommand })).stdout).toBe(
      "running           true\nserver memory mb  61.5\nisolation         bwrap\n",
    );
    expect(document(await drive(["local", "status", "--json"], { localCommand }))).toMatchObject({
      data: { running: true, lost_sandboxes: [], server_memory_mb: 61.5, isolation: "bwrap" },
      meta: { target: "local", isolation: "bwrap" },
    });
  });
});
