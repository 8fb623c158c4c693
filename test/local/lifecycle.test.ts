// Pause, resume, snapshots and forks through the real SDK and as raw answers, for each isolation that works here.
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox, SandboxNotFoundError } from "e2b/dist/index.mjs";
import type { LocalServerOptions } from "../../src/local/server.ts";
import { noBwrap, outputOf, startLocal, type Local } from "./harness.ts";

let local: Local;
afterEach(async () => local?.server.close());

async function begin(isolation: "bwrap" | "none", options: LocalServerOptions = {}): Promise<Local> {
  local = await startLocal({ isolation, spares: 0, ...options });
  return local;
}

interface Raw {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

async function ask(path: string, method = "GET", body?: unknown): Promise<Raw> {
  const response = await fetch(local.server.url + path, {
    method,
    headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text), headers: response.headers };
}

const bootId = "cat /proc/sys/kernel/random/boot_id";
const beat =
  "setsid bash -c 'n=0; while :; do n=$((n+1)); echo $n > ~/beat.new; mv ~/beat.new ~/beat; sleep 0.02; done' >/dev/null 2>&1 & sleep 0.2";

describe.each(["bwrap", "none"] as const)("lifecycle with isolation %s", (isolation) => {
  const skip = isolation === "bwrap" && noBwrap !== null;

  it.skipIf(skip)("pauses with memory: nothing runs, all of it goes on, and the words are E2B's", async () => {
    await begin(isolation);
    const sandbox = await Sandbox.create("base", { ...local.options, timeoutMs: 60_000, metadata: { a: "1" } });
    const other = await Sandbox.create("base", local.options);
    await sandbox.commands.run(beat);
    const running = await sandbox.commands.run("sleep 1000", { background: true });
    const broken = running.wait().then(
      () => "ended",
      () => "broken",
    );
    expect(await sandbox.pause()).toBe(true);
    expect(await broken).toBe("broken");
    expect(await sandbox.pause()).toBe(false);
    const id = sandbox.sandboxId;
    expect((await ask(`/sandboxes/${id}/pause`, "POST")).body).toEqual({
      code: 409,
      message: `Error pausing sandbox - sandbox '${id}' is already paused`,
    });
    expect(await sandbox.isRunning()).toBe(false);
    expect((await sandbox.getInfo()).state).toBe("paused");
    expect((await ask(`/sandboxes/${id}/timeout`, "POST", { timeout: 60 })).status).toBe(404);
    expect((await ask(`/sandboxes/${id}/refreshes`, "POST", {})).status).toBe(404);
    expect((await ask(`/sandboxes/${id}/fork`, "POST")).body).toEqual({
      code: 409,
      message: `Sandbox '${id}' is paused and cannot be forked; resume it first`,
    });
    const all = await ask("/v2/sandboxes");
    expect(all.headers.get("x-total-running")).toBe("1");
    const paused = await ask("/v2/sandboxes?state=paused");
    expect(paused.headers.get("x-total-running")).toBe(null);
    expect(paused.body).toMatchObject([{ sandboxID: id, state: "paused", metadata: { a: "1" } }]);
    expect((await ask("/sandboxes")).body).toMatchObject([{ sandboxID: other.sandboxId }]);
    const resumed = await ask(`/v2/sandboxes/${id}/connect`, "POST", { timeout: 30 });
    expect(resumed.status).toBe(201);
    expect((await ask(`/v2/sandboxes/${id}/connect`, "POST", { timeout: 30 })).status).toBe(200);
    const { endAt, startedAt } = await sandbox.getInfo();
    expect(endAt.getTime() - startedAt.getTime()).toBeLessThan(35_000);
    expect((await sandbox.commands.list()).map((item) => item.pid)).toContain(running.pid);
    const [before, after] = (await sandbox.commands.run("cat ~/beat; echo -; sleep 0.3; cat ~/beat")).stdout.split("-");
    expect(Number(after)).toBeGreaterThan(Number(before));
    expect((await ask(`/sandboxes/${id}/resume`, "POST", {})).body).toEqual({
      code: 409,
      message: `Sandbox ${id} is already running`,
    });
    await sandbox.pause();
    expect(await sandbox.kill()).toBe(true);
    await expect(Sandbox.connect(id, local.options)).rejects.toBeInstanceOf(SandboxNotFoundError);
  });

  it.skipIf(skip)("pauses without memory: files, token and variables stay, processes do not", async () => {
    await begin(isolation);
    const sandbox = await Sandbox.create("base", { ...local.options, envs: { KEPT: "yes" } });
    await sandbox.files.write("note", "kept");
    await sandbox.commands.run(beat);
    const before = (await sandbox.commands.run(bootId)).stdout;
    await sandbox.pause({ keepMemory: false });
    expect(await sandbox.isRunning()).toBe(false);
    await sandbox.connect();
    expect((await sandbox.commands.run('echo "$KEPT $E2B_SANDBOX_ID"')).stdout).toBe(`yes ${sandbox.sandboxId}\n`);
    expect(await sandbox.files.read("note")).toBe("kept");
    expect(await sandbox.commands.list()).toEqual([]);
    // Isolation none shows the host's own.
    if (isolation === "bwrap") expect((await sandbox.commands.run(bootId)).stdout).not.toBe(before);
    // And a pause that kept memory, dropped on request.
    const marker = await sandbox.commands.run("sleep 1000", { background: true });
    await sandbox.pause();
    await ask(`/v2/sandboxes/${sandbox.sandboxId}/connect`, "POST", { memory: false });
    expect((await sandbox.commands.list()).map((item) => item.pid)).not.toContain(marker.pid);
    expect(await sandbox.files.read("note")).toBe("kept");
    await sandbox.pause({ keepMemory: false });
    expect(await sandbox.kill()).toBe(true);
  });

  it.skipIf(skip)("snapshots files under names and ids, and forks each on its own", async () => {
    await begin(isolation, { maxSandboxes: 4 });
    const sandbox = await Sandbox.create("base", { ...local.options, envs: { A: "1" }, timeoutMs: 90_000 });
    await sandbox.files.write("state", "one");
    await sandbox.commands.run(beat);
    const end = (await sandbox.getInfo()).endAt.getTime();
    const first = await sandbox.createSnapshot({ name: "Mine" });
    expect(first).toEqual({ snapshotId: "local/mine:default", names: ["local/mine"] });
    await sandbox.files.write("state", "two");
    const second = await sandbox.createSnapshot({ name: "mine:v2" });
    const third = await sandbox.createSnapshot();
    const listed = await Sandbox.listSnapshots(local.options).nextItems();
    expect(listed.map((item) => item.snapshotId)).toEqual([third.snapshotId, "local/mine:v2", "local/mine:default"]);
    expect((await ask("/snapshots?name=mine:v2")).body).toEqual([
      { snapshotID: "local/mine:v2", names: ["local/mine"] },
    ]);
    expect((await ask("/snapshots?sandboxID=iother")).body).toEqual([]);
    for (const [asked, content] of [
      ["mine", "one"],
      [second.snapshotId, "two"],
      [third.snapshotId, "two"],
    ] as const) {
      const born = await Sandbox.create(asked, local.options);
      expect(await born.files.read("state")).toBe(content);
      expect((await born.commands.list()).length).toBe(0);
      await born.kill();
    }
    expect((await sandbox.getInfo()).endAt.getTime()).toBe(end);
    expect(await Sandbox.deleteSnapshot(first.snapshotId, local.options)).toBe(true);
    expect(await Sandbox.deleteSnapshot(first.snapshotId, local.options)).toBe(false);
    expect((await ask("/v2/sandboxes", "POST", { templateID: "mine" })).status).toBe(404);

    const other = await Sandbox.create("base", local.options);
    const answer = await ask(`/sandboxes/${sandbox.sandboxId}/fork`, "POST", { count: 3, timeout: 60 });
    const entries = answer.body as unknown as {
      sandbox?: { sandboxID: string; envdAccessToken: string };
      error?: unknown;
    }[];
    expect(entries.filter((entry) => entry.sandbox !== undefined).length).toBe(2);
    expect(entries.filter((entry) => entry.error !== undefined)).toMatchObject([{ error: { code: 429 } }]);
    const tokens = entries.flatMap((entry) => entry.sandbox?.envdAccessToken ?? []);
    expect(new Set(tokens).size).toBe(2);
    const [id] = entries.flatMap((entry) => entry.sandbox?.sandboxID ?? []);
    const fork = await Sandbox.connect(id ?? "", local.options);
    expect((await fork.commands.run("echo $A $E2B_SANDBOX_ID; cat ~/state")).stdout).toBe(`1 ${id}\ntwo`);
    await fork.files.write("state", "fork's");
    expect(await sandbox.files.read("state")).toBe("two");
    for (const [count, message] of [
      [0, "Count must be at least 1"],
      [101, "Count cannot be greater than 100"],
      [4, "Count must be lower than the maximum number of concurrent sandboxes (4)"],
    ])
      expect((await ask(`/sandboxes/${sandbox.sandboxId}/fork`, "POST", { count })).body).toEqual({
        code: 400,
        message,
      });
    await other.kill();
  });

  it.skipIf(skip)("pauses by itself on its deadline, and wakes for whoever may enter", async () => {
    await begin(isolation, { maxSandboxes: 1 });
    const created = await ask("/v2/sandboxes", "POST", {
      templateID: "base",
      timeout: 1,
      autoPause: true,
      autoResume: { enabled: true },
    });
    const { sandboxID: id, envdAccessToken: token } = created.body as { sandboxID: string; envdAccessToken: string };
    const health = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${local.server.url}/envs`, { headers: { "e2b-sandbox-id": id, ...headers } })).status;
    await expect.poll(async () => (await ask(`/sandboxes/${id}`)).body.state, { timeout: 10_000 }).toBe("paused");
    expect((await ask(`/sandboxes/${id}`)).body.lifecycle).toEqual({ onTimeout: "pause", autoResume: true });
    // It shows as paused while it still is being paused, when a request hears 409.
    await expect.poll(async () => health({}), { timeout: 10_000 }).toBe(502);
    expect(await health({ "x-access-token": "wrong" })).toBe(502);
    // A place under the quota is needed to wake, and paused ones take none.
    const other = await Sandbox.create("base", local.options);
    expect(await health({ "x-access-token": token })).toBe(429);
    await other.kill();
    expect(await health({ "x-access-token": token })).toBe(200);
    const woken = (await ask(`/sandboxes/${id}`)).body as { state: string; endAt: string; startedAt: string };
    expect(woken.state).toBe("running");
    expect(Date.parse(woken.endAt) - Date.parse(woken.startedAt)).toBeGreaterThan(295_000);
    // Its deadline now: paused again, not killed; and files only is never woken by a request.
    expect((await ask(`/sandboxes/${id}/timeout`, "POST", { timeout: 0 })).status).toBe(204);
    expect((await ask(`/sandboxes/${id}`)).body.state).toBe("paused");
    await ask(`/v2/sandboxes/${id}/connect`, "POST", { timeout: 60 });
    await ask(`/sandboxes/${id}/pause`, "POST", { memory: false });
    expect(await health({ "x-access-token": token })).toBe(502);
    expect((await ask(`/v2/sandboxes/${id}/connect`, "POST", {})).status).toBe(201);
    expect(await health({ "x-access-token": token })).toBe(200);
    const refused = async (more: object): Promise<unknown> =>
      (await ask("/v2/sandboxes", "POST", { templateID: "base", ...more })).body.message;
    expect(await refused({ autoPauseMemory: false })).toBe(
      "autoPauseMemory=false only applies when autoPause is true.",
    );
    expect(await refused({ autoPause: true, autoPauseMemory: false, autoResume: { enabled: true } })).toMatch(
      /^autoPauseMemory=false \(filesystem-only auto-pause\) cannot be combined with autoResume/,
    );
  });

  it.skipIf(skip)("tells what it uses and what happened, while it stands still and after its end", async () => {
    await begin(isolation);
    const sandbox = await Sandbox.create("base", local.options);
    const id = sandbox.sandboxId;
    await outputOf(sandbox, "exit 3");
    const [reading] = await sandbox.getMetrics();
    expect(reading).toMatchObject({ cpuCount: 1, memTotal: 512 * 1_048_576 });
    expect(reading?.memUsed).toBeGreaterThan(1_000_000);
    expect(reading?.diskTotal).toBeGreaterThan(0);
    await sandbox.pause();
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    expect((await ask(`/sandboxes/${id}/metrics?start=${hourAgo}&end=${hourAgo + 60}`)).body).toEqual([]);
    expect((await ask(`/sandboxes/${id}/metrics?start=2&end=1`)).status).toBe(400);
    const many = (await ask(`/sandboxes/metrics?sandbox_ids=${id},iunknown`)).body as {
      sandboxes: Record<string, { memUsed: number }>;
    };
    expect(Object.keys(many.sandboxes)).toEqual([id]);
    // Its memory stays taken.
    expect(many.sandboxes[id]?.memUsed).toBeGreaterThan(1_000_000);
    await sandbox.kill();
    const messages = async (query: string): Promise<string[]> => {
      const { logs } = (await ask(`/v2/sandboxes/${id}/logs?${query}`)).body as { logs: { message: string }[] };
      return logs.map((entry) => entry.message.replace(/\d+/, "N"));
    };
    const told = [
      "Sandbox created",
      "Process with pid N started",
      "Process with pid N ended",
      "Sandbox paused",
      "Sandbox ended",
    ];
    expect(await messages("direction=forward")).toEqual(told);
    expect(await messages("")).toEqual(told.toReversed());
    expect(await messages("direction=forward&limit=2&search=Process")).toEqual(told.slice(1, 3));
    expect(await messages("level=warn")).toEqual([]);
    expect(await messages(`cursor=${Date.now() - 3_600_000}`)).toEqual([]);
    expect((await ask(`/v2/sandboxes/${id}/logs?level=loud`)).status).toBe(400);
    const { logs } = (await ask(`/sandboxes/${id}/logs?limit=3`)).body as { logs: { line: string }[] };
    expect(JSON.parse(logs[2]?.line ?? "")).toMatchObject({
      logger: "process",
      level: "info",
      event_type: "process_end",
      result: "exit status 3",
    });
    expect((await ask("/v2/sandboxes/iunknown/logs")).status).toBe(404);
    const [team] = (await ask("/teams")).body as unknown as { teamID: string }[];
    expect(team).toMatchObject({ name: "local", apiKey: local.server.apiKey, isDefault: true });
    expect((await ask(`/teams/${team?.teamID}/metrics`)).body).toEqual([
      { timestamp: expect.any(String), timestampUnix: expect.any(Number), concurrentSandboxes: 0 },
    ]);
  });

  it.skipIf(skip)("replaces network rules, and refuses those that nothing here can keep", async () => {
    const { server } = await begin(isolation);
    const sandbox = await Sandbox.create("base", local.options);
    const put = async (body: unknown): Promise<Raw> => ask(`/sandboxes/${sandbox.sandboxId}/network`, "PUT", body);
    expect((await put({})).status).toBe(204);
    expect((await put({ allowOut: ["example.com"] })).body).toEqual({
      code: 400,
      message:
        "When specifying allowed domains in allow out, you must include 'ALL_TRAFFIC' in deny out to block all other traffic.",
    });
    expect((await put({ denyOut: ["example.com"] })).status).toBe(400);
    expect((await put({ egressProxy: { address: "nowhere" } })).status).toBe(400);
    expect((await ask("/sandboxes/inone/network", "PUT", {})).status).toBe(404);
    if (server.label.network === "off") {
      const refused = await put({ allowOut: ["1.1.1.1"], egressProxy: { address: "h:1", password: "pass" } });
      expect(refused.status).toBe(400);
      expect(refused.body.message).toMatch(/network of every sandbox is off\): allowOut, egressProxy$/);
      expect((await put({ allow_internet_access: false })).status).toBe(204);
      expect((await ask(`/sandboxes/${sandbox.sandboxId}`)).body.allowInternetAccess).toBe(false);
    }
    await sandbox.pause();
    expect((await put({})).status).toBe(404);
  });

  it.skipIf(skip)("keeps pages whole while sandboxes come and go, and refuses what is no page", async () => {
    await begin(isolation);
    const made = [];
    for (let n = 0; n < 4; n++) made.push((await Sandbox.create("base", local.options)).sandboxId);
    const page = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
      const { body, headers } = await ask(`/v2/sandboxes?${query}`);
      return {
        ids: (body as unknown as { sandboxID: string }[]).map((item) => item.sandboxID),
        next: headers.get("x-next-token"),
      };
    };
    const first = await page("limit=2&order=asc");
    expect(first.ids).toEqual(made.slice(0, 2));
    await Sandbox.kill(made[1] ?? "", local.options);
    expect(await page(`limit=2&order=asc&nextToken=${first.next}`)).toEqual({ ids: made.slice(2), next: null });
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=x",
      "nextToken=%21",
      "order=up",
      "state=dead",
      "startedAfter=x",
      "template=base:v1",
    ])
      expect((await ask(`/v2/sandboxes?${query}`)).status, query).toBe(400);
    expect((await page("template=base")).ids.length).toBe(3);
    expect((await page("template=nothing-like-it")).ids).toEqual([]);
  });
});
