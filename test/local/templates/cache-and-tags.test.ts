import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox, Template, waitForTimeout, type LogEntry } from "e2b/dist/index.mjs";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";

type Buildable = Parameters<typeof Template.build>[0];

describe.skipIf(noBwrap !== null)(`template cache, tags and sizes (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let context: string;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    context = mkdtempSync(join(tmpdir(), "cache-context-"));
    writeFileSync(join(context, "file.txt"), "one");
  });
  afterAll(async () => {
    rmSync(context, { recursive: true, force: true });
    await local?.server.close();
  });

  const build = async (template: Buildable, name: string, more: object = {}): Promise<string[]> => {
    const log: string[] = [];
    const onBuildLogs = (entry: LogEntry): void => void log.push(entry.message);
    await Template.build(template, name, { ...local.options, onBuildLogs, ...more });
    return log.filter((line) => /^(CACHED )?\[builder \d+\/\d+\] [A-Z]+/.test(line));
  };
  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(local.server.url + path, {
      method,
      headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : JSON.parse(text) };
  };
  const runIn = async (template: string, command: string): Promise<string> => {
    const sandbox = await Sandbox.create(template, local.options);
    const { out } = await outputOf(sandbox, command);
    await sandbox.kill();
    return out;
  };

  it("takes steps from the cache until one differs, and none when told so", async () => {
    const made = (last: string): Buildable =>
      Template({ fileContextPath: context })
        .fromBaseImage()
        .copy("file.txt", "file.txt")
        .runCmd("head -c 8 /dev/urandom | base64 > random.txt")
        .runCmd(`echo ${last} > last.txt`);
    const steps = (cached: number, last: string): string[] =>
      [
        "[builder 1/3] COPY file.txt file.txt",
        "[builder 2/3] RUN head -c 8 /dev/urandom | base64 > random.txt",
        `[builder 3/3] RUN echo ${last} > last.txt`,
      ].map((line, index) => (index < cached ? `CACHED ${line}` : line));
    expect(await build(made("a"), "cached:a")).toEqual(steps(0, "a"));
    expect(await build(made("b"), "cached:b")).toEqual(steps(2, "b"));
    expect(await build(made("a"), "cached:c")).toEqual(steps(3, "a"));
    const show = "cat random.txt last.txt";
    const [a, b, c] = [await runIn("cached:a", show), await runIn("cached:b", show), await runIn("cached:c", show)];
    expect(c).toBe(a);
    expect(b.split("\n")[0]).toBe(a.split("\n")[0]);
    expect(b.split("\n")[1]).toBe("b");
    expect(await build(made("a"), "cached:d", { skipCache: true })).toEqual(steps(0, "a"));
    expect(await runIn("cached:d", show)).not.toBe(a);
    writeFileSync(join(context, "file.txt"), "two");
    expect(await build(made("a"), "cached:e")).toEqual(steps(0, "a"));
    expect(await runIn("cached:e", "cat file.txt")).toBe("two");
  });

  it("builds on other templates, with their variables, files and start command", async () => {
    const parent = Template()
      .fromBaseImage()
      .setEnvs({ FROM: "parent" })
      .runCmd("echo parent > who.txt")
      .setStartCmd("echo started > /tmp/started; sleep 1000", "[ -f /tmp/started ]");
    await build(parent, "parent");
    await build(Template().fromTemplate("parent").runCmd("echo $FROM child >> who.txt"), "child");
    expect(await runIn("child", "cat who.txt /tmp/started; echo $FROM")).toBe("parent\nparent child\nstarted\nparent\n");
    const missing = await build(Template().fromTemplate("no-such"), "orphan").catch((thrown: unknown) => thrown);
    expect(missing).toMatchObject({ message: "template 'no-such' not found" });
  });

  it("points tags at builds, moves and removes them, and keeps a failed build from any", async () => {
    await build(Template().fromBaseImage().runCmd("echo 1 > v.txt"), "tagged:v1", { tags: ["stable"] });
    await build(Template().fromBaseImage().runCmd("echo 2 > v.txt"), "tagged:v2");
    await expect(build(Template().fromBaseImage().runCmd("false"), "tagged:v1")).rejects.toThrow("exit status 1");
    expect([await runIn("tagged:v1", "cat v.txt"), await runIn("tagged:stable", "cat v.txt")]).toEqual(["1\n", "1\n"]);
    await Template.assignTags("tagged:v2", "stable", local.options);
    expect(await runIn("local/tagged:stable", "cat v.txt")).toBe("2\n");
    const { templateID } = (await ask("GET", "/templates/aliases/tagged")).body as { templateID: string };
    expect((await Template.getTags(templateID, local.options)).map(({ tag }) => tag)).toEqual(["v1", "stable", "v2"]);
    await Template.removeTags("tagged", "stable", local.options);
    await expect(Sandbox.create("tagged:stable", local.options)).rejects.toThrow(
      "404: tag 'stable' does not exist for template 'tagged'",
    );
    await expect(Sandbox.create("tagged", local.options)).rejects.toThrow("it has no finished build");
    expect(await Template.exists("tagged:v1", local.options)).toBe(true);
    expect(await Template.exists("tagged:v3", local.options)).toBe(false);
    expect((await ask("DELETE", "/templates/tags", { name: "tagged", tags: ["default"] })).status).toBe(400);
    expect((await ask("POST", "/templates/tags", { target: "tagged:v1", tags: ["a b"] })).status).toBe(400);
  });

  it("gives sandboxes the size of their template, bounded for real where the machine can", async () => {
    const { cpuCount, memoryMB } = { cpuCount: 2, memoryMB: 192 };
    await build(Template().fromBaseImage(), "sized", { cpuCount, memoryMB });
    const sandbox = await Sandbox.create("sized", local.options);
    expect(await sandbox.getInfo()).toMatchObject({ cpuCount, memoryMB });
    const { limits } = local.server.label;
    if (limits === "cgroup1" || limits === "cgroup2") {
      const hog = "python3 -c 'x = bytearray(300_000_000); print(len(x))'";
      expect((await outputOf(sandbox, hog)).out).toBe("");
      expect(await runIn("base", hog)).toBe("300000000\n");
    }
    await sandbox.kill();
    for (const [size, said] of [
      [{ cpuCount: 3 }, "CPU count must be 1 or an even number"],
      [{ cpuCount: 10 }, "CPU count must be at most 8"],
      [{ memoryMB: 64 }, "Memory must be at least 128 MiB"],
      [{ memoryMB: 1e6 }, "Memory can't be higher than 8192 MiB"],
    ] as const)
      expect((await ask("POST", "/v3/templates", { name: "odd", ...size })).body).toEqual({ code: 400, message: said });
  });

  it("lists, shows, publishes and deletes, but never what is in use or the server's own", async () => {
    await build(Template().fromImage("debian:12").runCmd("true"), "listed", { cpuCount: 2 });
    const listed = (await ask("GET", "/v2/templates?limit=1")).body as Record<string, unknown>[];
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ aliases: ["listed"], names: ["local/listed"], cpuCount: 2, buildStatus: "ready" });
    expect(listed[0]?.localBase).toMatch(/^Stands on this machine's own \/usr \(.*\), not on image debian:12/);
    const id = String(listed[0]?.templateID);
    const sandbox = await Sandbox.create("listed", local.options);
    expect(await ask("DELETE", `/templates/${id}`)).toEqual({
      status: 400,
      body: { code: 400, message: `cannot delete template '${id}' because there are running sandboxes using it` },
    });
    await sandbox.kill();
    expect((await ask("PATCH", `/v2/templates/${id}`, { public: true })).body).toEqual({ names: ["local/listed"] });
    expect((await ask("GET", `/templates/${id}`)).body).toMatchObject({ public: true, spawnCount: 1 });
    expect((await ask("DELETE", "/templates/listed")).status).toBe(204);
    expect((await ask("DELETE", "/templates/listed")).status).toBe(404);
    expect((await ask("DELETE", "/templates/base")).status).toBe(403);
    expect((await ask("POST", "/v3/templates", { name: "base" })).status).toBe(409);
  });

  it("runs in the background, and a later build of the same tag takes its place", async () => {
    const slow = Template().fromBaseImage().skipCache().runCmd("sleep 20");
    const info = await Template.buildInBackground(slow, "replaced", local.options);
    expect((await Template.getBuildStatus(info, local.options)).status).toBe("building");
    await build(Template().fromBaseImage().setReadyCmd(waitForTimeout(1_000)), "replaced");
    const reason = async (): Promise<unknown> => (await Template.getBuildStatus(info, local.options)).reason?.message;
    await expect.poll(reason, { timeout: 15_000 }).toBe("build was cancelled by a later one");
    const again = { fromImage: "base", steps: [] };
    const path = `/v2/templates/${info.templateId}/builds/${info.buildId}`;
    expect((await ask("POST", path, again)).body).toEqual({ code: 400, message: "build is not in waiting state" });
  });
});
