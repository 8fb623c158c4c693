// What becomes of a create that goes wrong half-way, against a target that answers as the test tells it.
import { afterEach, beforeEach, expect, it } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import { systemRandom } from "../../src/host/random.ts";
import { managerOff } from "../../src/sandboxes/manager-settings.ts";
import { openSandboxes, type Sandboxes } from "../../src/sandboxes/open-sandboxes.ts";
import { scriptedTarget, type Answer, type ScriptedTarget } from "./scripted-target.ts";

let scripted: ScriptedTarget;
beforeEach(async () => {
  scripted = await scriptedTarget();
});
afterEach(() => scripted.close());

function open(creates = 0): Sandboxes {
  const { target } = scripted;
  const host = { clock: realClock, random: systemRandom, log: silentLog, owner: "tests" };
  return openSandboxes({ target, ...host, settings: { ...managerOff, retries: { asks: 0, creates } } });
}

const isCreate = (request: string): boolean => request.startsWith("POST");
const isList = (request: string): boolean => request === "GET /v2/sandboxes" || request === "GET /sandboxes";
const isInfo = (request: string): boolean => request.startsWith("GET") && !isList(request);

it.each([401, 404, 429, 500])(
  "one that was made and then cannot be looked at (%i) is not left behind",
  async (status) => {
    scripted.answer = (request): Answer => (isInfo(request) || isList(request) ? status : "serve");
    const manager = open(2);
    await expect(manager.create()).rejects.toThrow();
    expect(scripted.seen.filter((request) => isCreate(request))).toHaveLength(1);
    expect(scripted.seen).toContain("DELETE /sandboxes/made1");
    expect([...scripted.running.keys()]).toEqual([]);
    expect(manager.leases().map(({ state }) => state.kind)).toEqual(["failed"]);
  },
);

it("one that was made and is found by its mark is the caller's", async () => {
  scripted.answer = (request): Answer => (isInfo(request) ? 429 : "serve");
  expect((await open().create()).sandboxId).toBe("made1");
  expect([...scripted.running.keys()]).toEqual(["made1"]);
});

it("one that cannot even be ended then is ended when the manager closes", async () => {
  scripted.answer = (request): Answer => (isCreate(request) ? "serve" : 500);
  const manager = open();
  await expect(manager.create()).rejects.toMatchObject({ code: "target.failed" });
  expect([...scripted.running.keys()]).toEqual(["made1"]);
  scripted.answer = () => "serve";
  await manager.close();
  expect([...scripted.running.keys()]).toEqual([]);
});

it("a twin that appears after it was looked for is ended", async () => {
  let metadata: unknown;
  scripted.answer = (request): Answer => {
    // The first create is cut before it made anything, and takes effect while the second one is under way.
    if (isCreate(request) && scripted.seen.filter((one) => isCreate(one)).length === 1) return "cut";
    if (isInfo(request)) {
      metadata ??= [...scripted.running.values()][0];
      scripted.running.set("late", metadata);
    }
    return "serve";
  };
  const { sandboxId } = await open(1).create();
  expect([...scripted.running.keys()]).toEqual([sandboxId]);
  expect(scripted.seen).toContain("DELETE /sandboxes/late");
});

it("is metered from the answer to its create, not from when its turn was asked for", async () => {
  let answeredNs = 0n;
  scripted.answer = (request): Answer => {
    if (isInfo(request)) answeredNs = realClock.monotonicNs();
    return "serve";
  };
  const manager = open();
  await manager.create();
  const [lease] = manager.leases();
  const sinceNs = lease?.state.kind === "running" ? lease.state.sinceNs : 0n;
  expect(sinceNs).toBeGreaterThan(0n);
  expect(sinceNs).toBeLessThan(answeredNs);
});

it("closing ends what runs although late ones cannot be looked for, and says so", async () => {
  const manager = open();
  const { sandboxId } = await manager.create();
  scripted.answer = (request): Answer => (isCreate(request) ? "cut" : isList(request) ? 500 : "serve");
  await expect(manager.create()).rejects.toMatchObject({ code: "target.unreachable" });
  await expect(manager.close()).rejects.toMatchObject({ code: "target.failed" });
  expect(scripted.running.has(sandboxId)).toBe(false);
});

it("extending a life tells the meter", async () => {
  const manager = open();
  const { sandboxId } = await manager.create();
  const endsNs = (): bigint => {
    const [lease] = manager.leases();
    return lease?.state.kind === "running" ? lease.state.endsNs : 0n;
  };
  const before = endsNs();
  scripted.answer = (request): Answer => (request.endsWith("/timeout") ? 204 : "serve");
  await manager.extend(sandboxId, 1_000);
  expect(endsNs() - before).toBeGreaterThan(650n * 1_000_000_000n);
});
