// Floods at the doors: a 64 MiB line and broken JSON to the MCP server, an endless line from a program in a sandbox. Our side
// keeps a bounded part of it and stays in use.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { dataOf, makePlace, root } from "./machine.ts";

const mib = 1_048_576;

describe("floods", () => {
  const place = makePlace();
  afterAll(() => place.remove());

  test("a 64 MiB line and broken JSON are answered, and the next request works", async () => {
    const server = spawn(process.execPath, [join(root, "dist/src/doors/mcp/main.js")], {
      cwd: place.folder,
      env: place.env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    let said = "";
    server.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    const block = Buffer.alloc(mib, "a");
    for (let sent = 0; sent < 64; sent++) if (!server.stdin.write(block)) await once(server.stdin, "drain");
    const params = { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    server.stdin.write(`\n{bad\n${JSON.stringify({ jsonrpc: "2.0", id: 7, method: "initialize", params })}\n`);
    while (!said.includes('"id":7')) await once(server.stdout, "data");
    const peakKib = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);
    server.stdin.end();
    const [code] = await once(server, "exit");
    const answers = said.trim().split("\n");
    expect(answers.map((line) => JSON.parse(line)).map(({ id, error }) => [id, error?.code ?? null])).toEqual([
      [null, -32_600],
      [null, -32_700],
      [7, null],
    ]);
    expect([code, peakKib < 300 * 1024]).toEqual([0, true]);
  });

  test.skipIf(noBwrap !== null)("a long line from a program in a sandbox is cut, and the cut is said", async () => {
    const [made] = dataOf(await place.cli(["create", "--json"])).sandboxes as { sandbox_id: string }[];
    const words = [
      "exec",
      made?.sandbox_id ?? "",
      "--json",
      "--",
      "sh",
      "-c",
      "head -c 67108864 /dev/zero | tr '\\0' a",
    ];
    const ended = await place.cli(words);
    expect(ended.code).toBe(0);
    expect(ended.stdout.length).toBeLessThan(20 * mib);
    expect(JSON.stringify(dataOf(ended)).slice(-400)).toMatch(/truncated|cut|left out/);
    await place.cli(["local", "stop"]);
    expect(place.left()).toEqual([]);
  });
});
