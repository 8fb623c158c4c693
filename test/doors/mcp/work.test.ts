// The worker of an HTTP front: how it ends, and what it leaves to a front that lives.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { work } from "../../../src/doors/mcp/work.ts";
import { stopReason } from "../../../src/doors/stop-signal.ts";
import { realClock } from "../../../src/host/clock.ts";
import { silentLog } from "../../../src/host/log.ts";
import { systemRandom } from "../../../src/host/random.ts";
import { recordingBackend } from "../recording-backend.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "e2b-swarm-work-"));
  mkdirSync(join(folder, "front"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function begin() {
  const [stdin, stdout, stop] = [new PassThrough(), new PassThrough(), new AbortController()];
  const front = join(folder, "front");
  const ended = work(
    { mode: "http", options: { folder }, socket: join(front, "1.sock") },
    {
      stdin,
      stdout,
      log: silentLog,
      clock: realClock,
      random: systemRandom,
      signal: stop.signal,
      openBackend: () => recordingBackend().open({}),
    },
  );
  const ready = new Promise<void>((resolve) => void stdout.once("data", () => resolve()));
  return { stdin, stop: () => stop.abort(stopReason("SIGTERM")), front, ended, ready };
}

test("stopped by a signal it leaves the folder to the front, whose next worker needs it", async () => {
  const worker = begin();
  await worker.ready;
  worker.stop();
  expect(await worker.ended).toBe(0);
  expect([existsSync(worker.front), existsSync(join(worker.front, "1.sock"))]).toEqual([true, false]);
});

test("a signal that comes while it starts is heard", async () => {
  const worker = begin();
  worker.stop();
  expect(await worker.ended).toBe(0);
  expect(existsSync(worker.front)).toBe(true);
});

test("left alone it removes the folder that nobody else would", async () => {
  const worker = begin();
  await worker.ready;
  worker.stdin.end();
  expect(await worker.ended).toBe(0);
  expect(existsSync(worker.front)).toBe(false);
});
