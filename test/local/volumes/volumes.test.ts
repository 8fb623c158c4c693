import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sandbox, Volume, VolumeNotFoundError, VolumePathNotFoundError } from "e2b/dist/index.mjs";
import { noBwrap, only, outputOf, startLocal, type Local } from "../harness.ts";

const noRunsc = noBwrap ?? (spawnSync("runsc", ["--version"]).status === 0 ? null : "runsc is not installed");

describe.skipIf(noBwrap !== null)(`volumes (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let runParent: string;
  let isMulti: boolean;
  let content: { apiUrl: string };
  beforeAll(async () => {
    runParent = mkdtempSync(join(tmpdir(), "v-"));
    execFileSync("chmod", ["755", runParent]);
    local = await startLocal({ spares: 0, runParent });
    isMulti = local.server.label.ids === "multi";
    content = { apiUrl: local.server.url };
  });
  afterAll(async () => {
    await local?.server.close();
    rmSync(runParent, { recursive: true, force: true });
  });

  const mounted = async (volume: Volume, path = "/data"): Promise<Sandbox> =>
    Sandbox.create("base", { ...local.options, volumeMounts: { [path]: volume.name } });

  const folderOf = (volume: Volume): string => join(only(runParent), "volumes", volume.volumeId);

  it("is created, listed, connected to and destroyed; its name is its own", async () => {
    const volume = await Volume.create("first_one-1", local.options);
    expect(await Volume.list(local.options)).toEqual([{ volumeId: volume.volumeId, name: "first_one-1" }]);
    const again = await Volume.connect(volume.volumeId, local.options);
    expect([again.name, again.token]).toEqual([volume.name, volume.token]);
    await expect(Volume.create("first_one-1", local.options)).rejects.toThrow("already exists");
    await expect(Volume.create("no/slash", local.options)).rejects.toThrow("Invalid volume name");
    expect(await Volume.destroy(volume.volumeId, local.options)).toBe(true);
    expect(await Volume.destroy(volume.volumeId, local.options)).toBe(false);
    await expect(Volume.getInfo(volume.volumeId, local.options)).rejects.toBeInstanceOf(VolumeNotFoundError);
    expect(readdirSync(join(only(runParent), "volumes"))).toEqual([]);
  });

  it("keeps files for the content API: write, read, stat, list, change, remove", async () => {
    const volume = await Volume.create("files", local.options);
    const owner = isMulti ? 9090 : 1000;
    const written = await volume.writeFile("/a/b/note.txt", "hello", { force: true, ...content });
    expect(written).toMatchObject({ name: "note.txt", type: "file", path: "/a/b/note.txt", size: 5, mode: 0o666 });
    expect([written.uid, written.gid]).toEqual([owner, owner]);
    expect(await volume.readFile("/a/b/note.txt", content)).toBe("hello");
    expect(await volume.readFile("a/../a/./b/note.txt", content)).toBe("hello");
    await expect(volume.writeFile("/a/b/note.txt", "again", content)).rejects.toThrow(
      "409: '/a/b/note.txt' exists already",
    );
    await volume.writeFile("/a/b/note.txt", "", { force: true, ...content });
    expect(await volume.readFile("/a/b/note.txt", content)).toBe("");
    await expect(volume.writeFile("/none/x", "x", content)).rejects.toBeInstanceOf(VolumePathNotFoundError);
    const big = new Uint8Array(3_000_000).map((_, index) => index % 251);
    await volume.writeFile("/big", new Blob([big]), { mode: 0o600, ...content });
    expect(Buffer.compare(Buffer.from(await volume.readFile("/big", { format: "bytes", ...content })), big)).toBe(0);
    const made = await volume.makeDir("/c", { mode: 0o750, ...content });
    expect(made).toMatchObject({ name: "c", type: "directory", path: "/c", mode: 0o750 });
    await expect(volume.makeDir("/c", content)).rejects.toThrow("409");
    const changed = await volume.updateMetadata("/c", { mode: 0o700, uid: 1000, gid: 1000 }, content);
    expect([changed.mode, changed.uid, changed.gid]).toEqual([0o700, 1000, 1000]);
    const paths = (await volume.list("/", { depth: 3, ...content })).map(({ path, type }) => `${type} ${path}`);
    expect(paths).toEqual(["directory /a", "directory /a/b", "file /a/b/note.txt", "file /big", "directory /c"]);
    await volume.remove("/a", content);
    expect(await volume.exists("/a/b/note.txt", content)).toBe(false);
    await expect(volume.remove("/a", content)).rejects.toBeInstanceOf(VolumePathNotFoundError);
    await expect(volume.remove("/x/..", content)).rejects.toThrow("cannot delete root");
    await Volume.destroy(volume.volumeId, local.options);
  });

  it("is shared by the sandboxes it is mounted into, outlives them, and shows in their info", async () => {
    const volume = await Volume.create("shared", local.options);
    await volume.writeFile("/in.txt", "from outside", content);
    const [one, two] = [await mounted(volume), await mounted(volume, "/home/user/deep/er")];
    expect((await outputOf(one, "cat /data/in.txt; echo mine > /data/out.txt; mkdir /data/f; id -un")).out).toBe(
      "from outsideuser\n",
    );
    expect((await outputOf(two, "cat deep/er/out.txt")).out).toBe("mine\n");
    expect(await two.getInfo()).toMatchObject({ volumeMounts: [{ name: "shared", path: "/home/user/deep/er" }] });
    await expect(Volume.destroy(volume.volumeId, local.options)).rejects.toThrow(
      /cannot delete volume 'shared' because sandbox 'i\w+' has it mounted/,
    );
    await Promise.all([one.kill(), two.kill()]);
    expect(await volume.readFile("/out.txt", content)).toBe("mine\n");
    const listed = await volume.list("/", content);
    expect(listed.map(({ path, uid }) => [path, uid])).toEqual([
      ["/f", 1000],
      ["/in.txt", isMulti ? 9090 : 1000],
      ["/out.txt", 1000],
    ]);
    expect(await Volume.destroy(volume.volumeId, local.options)).toBe(true);
  });

  it("refuses mounts that cannot be, each by name", async () => {
    const volume = await Volume.create("mount", local.options);
    const create = async (volumeMounts: Record<string, string>): Promise<unknown> =>
      Sandbox.create("base", { ...local.options, volumeMounts });
    await expect(create({ "/data": "nothing" })).rejects.toThrow("- volume mount #0: volume 'nothing' not found");
    await expect(create({ "/usr/share": volume.name })).rejects.toThrow("path '/usr/share' belongs to the system");
    await expect(create({ "/x/../etc": volume.name })).rejects.toThrow("must be in its shortest form");
    await expect(create({ data: volume.name })).rejects.toThrow("path 'data' must be absolute");
    await expect(create({ "/d": volume.name, "/d/e": volume.name })).rejects.toThrow("'/d/e' is already used");
    await Volume.destroy(volume.volumeId, local.options);
  });

  it("answers nobody without its own token", async () => {
    const [mine, other] = [await Volume.create("mine", local.options), await Volume.create("other", local.options)];
    await mine.writeFile("/x", "secret", content);
    const ask = async (token: string, id: string): Promise<[number, unknown]> => {
      const response = await fetch(`${local.server.url}/volumecontent/${id}/file?path=/x`, {
        headers: { authorization: `Bearer ${token}`, "x-api-key": local.server.apiKey },
      });
      const text = await response.text();
      return [response.status, response.status === 200 ? text : JSON.parse(text)];
    };
    const refusal = { code: "unauthorized", message: "Invalid volume token: it is not the token of this volume" };
    expect(await ask(mine.token, mine.volumeId)).toEqual([200, "secret"]);
    expect(await ask(other.token, mine.volumeId)).toEqual([401, refusal]);
    expect(await ask("", mine.volumeId)).toEqual([401, refusal]);
    expect(await ask(mine.token, "00000000-0000-4000-8000-000000000000")).toEqual([401, refusal]);
    await Volume.destroy(mine.volumeId, local.options);
    await Volume.destroy(other.volumeId, local.options);
  });

  describe("links planted by a sandbox", () => {
    let volume: Volume;
    let sandbox: Sandbox;
    let outside: string;
    beforeAll(async () => {
      outside = mkdtempSync(join(tmpdir(), "outside-"));
      writeFileSync(join(outside, "treasure"), "of the host");
      volume = await Volume.create("planted", local.options);
      sandbox = await mounted(volume);
      await outputOf(
        sandbox,
        [
          "cd /data && mkdir real && echo inside > real/file",
          `ln -s ${outside} absolute && ln -s ${outside}/treasure treasure && ln -s ../../../../../..${outside} up`,
          "ln -s real within && ln -s loop loop && ln -s /real/file from-root && mkfifo pipe && ln -s / all",
        ].join("; "),
      );
    });
    afterAll(async () => {
      await sandbox?.kill();
      rmSync(outside, { recursive: true, force: true });
    });

    it("lead nowhere but inside the volume, whatever is asked through them", async () => {
      for (const path of ["/absolute/treasure", "/treasure", "/up/treasure", `/all${outside}/treasure`]) {
        await expect(volume.readFile(path, content)).rejects.toBeInstanceOf(VolumePathNotFoundError);
        await expect(volume.writeFile(path, "overwritten", { ...content })).rejects.toThrow();
        await expect(volume.updateMetadata(path, { mode: 0o777 }, content)).rejects.toThrow();
      }
      await volume.remove("/treasure", content);
      await volume.remove("/absolute", content);
      await volume.remove("/all", content);
      expect(readFileSync(join(outside, "treasure"), "utf8")).toBe("of the host");
      expect(readdirSync(outside)).toEqual(["treasure"]);
    });

    it("are followed where they stay inside, and shown for what they are", async () => {
      expect(await volume.readFile("/within/file", content)).toBe("inside\n");
      expect(await volume.readFile("/from-root", content)).toBe("inside\n");
      expect(await volume.getInfo("/up", content)).toMatchObject({
        type: "symlink",
        target: `../../../../../..${outside}`,
      });
      expect((await volume.list("/within", content)).map(({ path }) => path)).toEqual(["/within/file"]);
      await expect(volume.readFile("/loop", content)).rejects.toThrow("path has too many links");
    });

    it("and pipes do not hold a request", async () => {
      await expect(volume.readFile("/pipe", content)).rejects.toThrow("'/pipe' is not a regular file");
      await expect(volume.writeFile("/pipe", "x", { force: true, ...content })).rejects.toThrow("not a regular file");
    });

    it("cannot win by changing while they are walked", async () => {
      const swap = `cd /data && mkdir -p dir && echo inside > dir/treasure && while :; do
        mv -T dir held 2>/dev/null && ln -sfn ${outside} dir && rm dir && mv -T held dir; done`;
      const swapping = await sandbox.commands.run(swap, { background: true });
      const seen = new Set<string>();
      for (let turn = 0; turn < 60; turn++) {
        const text = await volume.readFile("/dir/treasure", content).catch((error: Error) => error.name);
        seen.add(text);
        // Without `force`: making the missing folder anew would end the swapping.
        await volume.writeFile(`/dir/new-${turn}`, "x", content).catch(() => undefined);
        await volume.remove(`/dir/new-${turn}`, content).catch(() => undefined);
      }
      await swapping.kill();
      expect([...seen].filter((text) => text.includes("host"))).toEqual([]);
      expect(seen).toContain("inside\n");
      expect(readdirSync(outside)).toEqual(["treasure"]);
    });

    it("whoever is root inside is nobody in the volume on the host", async () => {
      const stats = statSync(folderOf(volume));
      if (isMulti) expect(stats.uid).toBeGreaterThanOrEqual(1_900_000_000);
      expect(statSync(join(folderOf(volume), "..")).mode & 0o777).toBe(0o700);
    });
  });
});

describe.skipIf(noRunsc !== null)(`volumes in gVisor (skipped when: ${noRunsc ?? "never"})`, () => {
  it("show at once what other sandboxes and the API write, and keep it", async () => {
    const runParent = mkdtempSync(join(tmpdir(), "v-"));
    execFileSync("chmod", ["755", runParent]);
    const local = await startLocal({ spares: 0, runParent, isolation: "gvisor" });
    const content = { apiUrl: local.server.url };
    try {
      const volume = await Volume.create("shared", local.options);
      await volume.writeFile("/in.txt", "from outside", content);
      const mounted = async (path: string): Promise<Sandbox> =>
        Sandbox.create("base", { ...local.options, volumeMounts: { [path]: volume.name } });
      const [one, two] = [await mounted("/data"), await mounted("/home/user/deep/er")];
      const first = "cat /data/in.txt; echo; cat /data/out.txt 2>/dev/null; echo mine > /data/out.txt; id -un";
      expect(await outputOf(one, first)).toMatchObject({ out: "from outside\nuser\n" });
      expect((await outputOf(two, "cat deep/er/out.txt; echo theirs >> deep/er/out.txt")).out).toBe("mine\n");
      expect((await outputOf(one, "cat /data/out.txt")).out).toBe("mine\ntheirs\n");
      await volume.writeFile("/in.txt", "changed outside", { force: true, ...content });
      expect((await outputOf(one, "cat /data/in.txt")).out).toBe("changed outside");
      // Above the mount nothing of the host shows.
      expect((await outputOf(one, `cat /data/../${runParent}/* /data/../../../etc/hostname; true`)).out).toBe(
        "e2b.local\n",
      );
      await Promise.all([one.kill(), two.kill()]);
      expect(await volume.readFile("/out.txt", content)).toBe("mine\ntheirs\n");
    } finally {
      await local.server.close();
      rmSync(runParent, { recursive: true, force: true });
    }
  });
});
