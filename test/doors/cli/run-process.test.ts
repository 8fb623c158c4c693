import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const program = join(import.meta.dirname, "process-program.mjs");

async function interrupt(signals: readonly NodeJS.Signals[], cleanupMs: number) {
  const child = spawn(process.execPath, [program, "create", "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CLEANUP_MS: String(cleanupMs) },
  });
  let stdout = "";
  let stderr = "";
  const left = [...signals];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
    // The first signal when it waits, the second when it cleans up.
    if (/waiting\n$|cleaning up\n$/.test(stderr)) child.kill(left.shift() ?? 0);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

describe("signals", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s waits for the cleanup, reports, and exits %d", async (signal, code) => {
    const ended = await interrupt([signal], 50);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: false, error: { code: "cancelled" } });
    expect(ended.stderr).toBe(
      "waiting\ncleaning up\nclosed\nerror [cancelled] Stopped: what was started has been removed\n",
    );
  });

  test("a second signal ends it at once, without waiting for a cleanup that hangs", async () => {
    const ended = await interrupt(["SIGINT", "SIGTERM"], 600_000);
    expect(ended).toEqual({ code: 143, stdout: "", stderr: "waiting\ncleaning up\n" });
  });
});

describe("pipes", () => {
  test("list | head -1 stops quietly with exit 0", () => {
    const line = `"${process.execPath}" "${program}" list; echo "exit $?" >&2`;
    const ended = spawnSync("bash", ["-c", `( ${line} ) | head -1`], { encoding: "utf8" });
    expect(ended.stdout).toMatch(/^ID +NAME/);
    expect(ended.stderr).toBe("closed\nexit 0\n");
  });

  test("a large document reaches a slow reader whole", () => {
    const ended = spawnSync(
      "bash",
      ["-c", `"${process.execPath}" "${program}" list --json 2>/dev/null | (sleep 0.3; cat)`],
      {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(JSON.parse(ended.stdout).data.total).toBe(5_000);
  });
});
