// A disk without room: a typed error that says so, the state as it was, nothing started and no half file.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makePlace } from "./machine.ts";

const place = makePlace();
const disk = join(place.folder, "../disk");
mkdirSync(disk);
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0;

afterAll(async () => {
  if (mounted) spawnSync("umount", [disk]);
  await place.remove();
});

test.skipIf(!mounted)("a full disk (left out where no small disk can be mounted)", async () => {
  const folder = join(disk, "w");
  const state = join(folder, ".swarm/cli-state.json");
  mkdirSync(join(folder, ".swarm"), { recursive: true });
  const text = JSON.stringify({ version: 1, last_update: "", sandboxes: [], agents: [] });
  writeFileSync(state, text);
  fill(join(disk, "fill"));
  for (const words of ["create", "deploy --agent momentum", "execute --strategy reference", "validate --no-bench"]) {
    const ended = await place.cli(words.split(" "), { folder });
    expect([words, ended.code, ended.stderr.includes("[state.unwritable]")]).toEqual([words, 1, true]);
    expect(ended.stderr).toContain("hint  The disk is full");
  }
  expect(readFileSync(state, "utf8")).toBe(text);
  expect(readdirSync(join(folder, ".swarm")).filter((name) => name.includes("lock"))).toEqual([]);
  await place.cli(["local", "stop"]);
  rmSync(join(disk, "fill"));
  expect(place.left().filter((line) => !line.startsWith("mount"))).toEqual([]);
  expect(await place.cli(["list"], { folder })).toMatchObject({ code: 0 });
});

function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(1_048_576));
  } catch {
    // That is the point.
  }
}
