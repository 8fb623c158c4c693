import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  FileNotFoundError,
  FileType,
  FilesystemEventType,
  NotFoundError,
  Sandbox,
  type FilesystemEvent,
} from "e2b/dist/index.mjs";
import { noBwrap, startLocal, type Local } from "./harness.ts";

describe.skipIf(noBwrap !== null)(`files (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let sandbox: Sandbox;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    sandbox = await Sandbox.create("base", local.options);
  });
  afterAll(async () => local?.server.close());

  it("writes and reads text, bytes, nothing at all, and many at once", async () => {
    await sandbox.files.write("deep/er/text.txt", "grüße\n");
    expect(await sandbox.files.read("deep/er/text.txt")).toBe("grüße\n");
    const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => n % 256);
    await sandbox.files.write("bytes.bin", bytes.buffer);
    expect(Buffer.from(await sandbox.files.read("bytes.bin", { format: "bytes" })).equals(Buffer.from(bytes))).toBe(
      true,
    );
    await sandbox.files.write("empty", "");
    expect(await sandbox.files.read("empty")).toBe("");
    const stored = await sandbox.files.write([
      { path: "one.txt", data: "1" },
      { path: "/tmp/two.txt", data: "2" },
    ]);
    expect(stored.map(({ path, name, type }) => ({ path, name, type }))).toEqual([
      { path: "/home/user/one.txt", name: "one.txt", type: "file" },
      { path: "/tmp/two.txt", name: "two.txt", type: "file" },
    ]);
    await sandbox.files.write("one.txt", "shorter?");
    await sandbox.files.write("one.txt", "no");
    expect(await sandbox.files.read("one.txt")).toBe("no");
    await expect(sandbox.files.read("missing")).rejects.toBeInstanceOf(FileNotFoundError);
    expect((await sandbox.commands.run("stat -c %U:%G deep deep/er/text.txt bytes.bin")).stdout).toBe(
      "user:user\nuser:user\nuser:user\n",
    );
  });

  it("makes, tells, renames, lists and removes", async () => {
    expect(await sandbox.files.makeDir("box/inner")).toBe(true);
    expect(await sandbox.files.makeDir("box/inner")).toBe(false);
    await sandbox.files.write("box/b.txt", "bb");
    await sandbox.commands.run("ln -s b.txt box/link; ln -s nowhere box/dangling; chmod 640 box/b.txt");
    const entries = await sandbox.files.list("box");
    expect(entries.map(({ name, type }) => ({ name, type }))).toEqual(
      [
        { name: "b.txt", type: FileType.FILE },
        { name: "dangling", type: undefined },
        { name: "inner", type: FileType.DIR },
        { name: "link", type: FileType.FILE },
      ].filter((entry) => entries.some((found) => found.name === entry.name)),
    );
    expect(await sandbox.files.getInfo("box/b.txt")).toMatchObject({
      name: "b.txt",
      path: "/home/user/box/b.txt",
      size: 2,
      mode: 0o640,
      permissions: "-rw-r-----",
      owner: "user",
      group: "user",
    });
    expect(await sandbox.files.getInfo("box/link")).toMatchObject({ symlinkTarget: "/home/user/box/b.txt" });
    expect(await sandbox.files.rename("box/b.txt", "elsewhere/c.txt")).toMatchObject({
      path: "/home/user/elsewhere/c.txt",
    });
    expect(await sandbox.files.exists("box/b.txt")).toBe(false);
    expect(await sandbox.files.exists("elsewhere/c.txt")).toBe(true);
    await sandbox.files.remove("box");
    expect(await sandbox.files.exists("box")).toBe(false);
    await sandbox.files.remove("box");
    await expect(sandbox.files.list("box")).rejects.toBeInstanceOf(NotFoundError);
    await expect(sandbox.files.rename("box", "fox")).rejects.toBeInstanceOf(NotFoundError);
  });

  it("tells what happens in a watched folder", async () => {
    await sandbox.files.makeDir("watched");
    const events: FilesystemEvent[] = [];
    const handle = await sandbox.files.watchDir("watched", (event) => void events.push(event), { recursive: true });
    const has = (name: string, type: FilesystemEventType): boolean =>
      events.some((event) => event.name === name && event.type === type);
    await sandbox.files.write("watched/a.txt", "1");
    await expect
      .poll(() => has("a.txt", FilesystemEventType.CREATE) && has("a.txt", FilesystemEventType.WRITE), {
        timeout: 5_000,
      })
      .toBe(true);
    await sandbox.commands.run("chmod 600 watched/a.txt");
    await expect.poll(() => has("a.txt", FilesystemEventType.CHMOD), { timeout: 5_000 }).toBe(true);
    await sandbox.files.rename("watched/a.txt", "watched/b.txt");
    await expect
      .poll(() => has("a.txt", FilesystemEventType.RENAME) && has("b.txt", FilesystemEventType.CREATE), {
        timeout: 5_000,
      })
      .toBe(true);
    await sandbox.files.remove("watched/b.txt");
    await expect.poll(() => has("b.txt", FilesystemEventType.REMOVE), { timeout: 5_000 }).toBe(true);
    await sandbox.files.write("watched/sub/deep.txt", "x");
    await expect.poll(() => has("sub/deep.txt", FilesystemEventType.CREATE), { timeout: 5_000 }).toBe(true);
    await handle.stop();
    const before = events.length;
    await sandbox.files.write("watched/after.txt", "x");
    await sandbox.commands.run("sleep 0.2");
    expect(events.length).toBe(before);
    await expect(sandbox.files.watchDir("not-there", () => undefined)).rejects.toBeInstanceOf(NotFoundError);
  });

  it("lets a signed URL in, and nobody without token or with a changed signature", async () => {
    await sandbox.files.write("signed.txt", "secret bytes");
    const url = await sandbox.downloadUrl("signed.txt");
    expect(await (await fetch(url)).text()).toBe("secret bytes");
    const partial = await fetch(url, { headers: { range: "bytes=7-11" } });
    expect([partial.status, await partial.text()]).toEqual([206, "bytes"]);
    const packed = await fetch(url, { headers: { "accept-encoding": "gzip" } });
    expect([packed.headers.get("content-encoding"), await packed.text()]).toEqual(["gzip", "secret bytes"]);
    expect((await fetch(url.replace("signed.txt", "other.txt"))).status).toBe(401);
    const form = new FormData();
    form.append("file", new Blob(["uploaded"]), "ignored-name");
    const put = await fetch(await sandbox.uploadUrl("up.txt"), { method: "POST", body: form });
    expect([put.status, await put.json()]).toEqual([
      200,
      [{ path: "/home/user/up.txt", name: "up.txt", type: "file" }],
    ]);
    expect(await sandbox.files.read("up.txt")).toBe("uploaded");
    const headers = { "e2b-sandbox-id": sandbox.sandboxId, "e2b-sandbox-port": "49983" };
    expect((await fetch(`${local.server.url}/files?path=signed.txt`, { headers })).status).toBe(401);
    expect((await fetch(`${local.server.url}/health`, { headers })).status).toBe(204);
    // The host's own door is no door from outside.
    expect((await fetch(`${local.server.url}/init`, { method: "POST", headers, body: "{}" })).status).toBe(404);
  });
});
