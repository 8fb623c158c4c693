import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";
import { openRaw, type EntryWire, type Raw } from "./raw.ts";

describe.skipIf(noBwrap !== null)(`file routes (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let raw: Raw;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    raw = await openRaw(local);
  });
  afterAll(async () => local?.server.close());

  const put = async (path: string, body: string | Uint8Array<ArrayBuffer>, headers = {}): Promise<Response> =>
    raw.request(`/files?path=${encodeURIComponent(path)}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/octet-stream", ...headers },
    });
  const entry = async (path: string): Promise<EntryWire> =>
    (await raw.unary("filesystem.Filesystem/Stat", { path })).body.entry;

  it("keeps metadata beside the file: upload, stat, list, rename, copies inside; replaced as a whole", async () => {
    const tagged = await put("meta/a.txt", "x", {
      "x-metadata-Author": "me",
      "x-metadata-empty": "",
      "x-metadata-__proto__": "p",
    });
    const metadata = JSON.parse('{"author":"me","empty":"","__proto__":"p"}');
    expect(await tagged.json()).toEqual([{ path: "/home/user/meta/a.txt", name: "a.txt", type: "file", metadata }]);
    expect((await entry("meta/a.txt")).metadata).toEqual(metadata);
    const moved = await raw.unary("filesystem.Filesystem/Move", { source: "meta/a.txt", destination: "meta/b.txt" });
    expect(moved.body.entry.metadata).toEqual(metadata);
    const program =
      "import os; print(sorted(os.listxattr('meta/b.txt'))); os.setxattr('meta/b.txt','user.e2b.in',b'side'); os.setxattr('meta/b.txt','user.e2b.bad',b'\\xff'); os.setxattr('meta/b.txt','user.other',b'x')";
    expect((await outputOf(raw.sandbox, `python3 -c "${program}"`)).out).toBe(
      "['user.e2b.__proto__', 'user.e2b.author', 'user.e2b.empty']\n",
    );
    const listed = await raw.unary("filesystem.Filesystem/ListDir", { path: "meta" });
    expect(listed.body.entries.map((item) => [item.name, item.metadata])).toEqual([
      ["b.txt", JSON.parse('{"author":"me","empty":"","in":"side","__proto__":"p"}')],
    ]);
    const again = await put("meta/b.txt", "y", { "x-metadata-only": "one" });
    expect((await again.json())[0].metadata).toEqual({ only: "one" });
    expect((await (await put("meta/b.txt", "z")).json())[0]).toEqual({
      path: "/home/user/meta/b.txt",
      name: "b.txt",
      type: "file",
    });
    expect((await outputOf(raw.sandbox, `python3 -c "import os; print(os.listxattr('meta/b.txt'))"`)).out).toBe(
      "['user.other']\n",
    );
  });

  it("refuses metadata a file cannot hold, before it writes anything", async () => {
    for (const [headers, problem] of [
      [
        { "x-metadata-k": "tab\there" },
        'invalid metadata: metadata value for key "k" contains non-printable-ASCII byte 0x09 at offset 3',
      ],
      [
        { [`x-metadata-${"k".repeat(247)}`]: "v" },
        `invalid metadata: metadata key "${"k".repeat(247)}" exceeds 246 bytes`,
      ],
      [{ "x-metadata-k": "v".repeat(4_090) }, "invalid metadata: total metadata size 4100 exceeds 4096 bytes"],
    ] as const) {
      const answer = await put("refused.txt", "x", headers);
      expect([answer.status, await answer.json()]).toEqual([400, { code: 400, message: problem }]);
    }
    expect((await raw.unary("filesystem.Filesystem/Stat", { path: "refused.txt" })).status).toBe(404);
    expect((await put("held.txt", "x", { [`x-metadata-${"k".repeat(246)}`]: "v" })).status).toBe(200);
  });

  it("negotiates encodings", async () => {
    await put("enc.txt", "hello encodings");
    const get = async (accept: string, more = {}): Promise<Response> =>
      raw.request("/files?path=enc.txt", { headers: { "accept-encoding": accept, ...more } });
    for (const [accept, coding] of [
      ["br, gzip, deflate", null],
      ["gzip", "gzip"],
      ["GZIP;q=0.5", "gzip"],
      ["identity;q=0, *", "gzip"],
      ["*;q=0, identity", null],
      ["br", null],
    ] as const) {
      const answer = await get(accept);
      expect([answer.status, answer.headers.get("content-encoding"), answer.headers.get("vary")]).toEqual([
        200,
        coding,
        "Accept-Encoding",
      ]);
      expect(await answer.text()).toBe("hello encodings");
    }
    for (const accept of ["identity;q=0", "br, *;q=0"]) {
      const answer = await get(accept);
      expect([answer.status, (await answer.json()).message]).toEqual([
        406,
        "error parsing Accept-Encoding: no acceptable encoding found, supported: [gzip]",
      ]);
    }
    expect((await get("gzip", { range: "bytes=0-4" })).headers.get("content-encoding")).toBeNull();
    expect((await get("gzip, identity;q=0", { range: "bytes=0-4" })).status).toBe(406);
    const packed = new Uint8Array(gzipSync("packed on the way"));
    expect((await put("up.txt", packed, { "content-encoding": "gzip" })).status).toBe(200);
    expect(await (await raw.request("/files?path=up.txt")).text()).toBe("packed on the way");
    const odd = await put("up.txt", "x", { "content-encoding": "br" });
    expect([odd.status, (await odd.json()).message]).toEqual([
      400,
      "error decompressing request body: unsupported Content-Encoding: br, supported: [gzip]",
    ]);
    expect((await put("up.txt", "not gzip at all", { "content-encoding": "gzip" })).status).toBeGreaterThanOrEqual(400);
  });

  it("answers ranges, conditions, empty files, devices, folders and files of /proc", async () => {
    await put("range.txt", "0123456789");
    const get = async (headers = {}, path = "range.txt"): Promise<Response> =>
      raw.request(`/files?path=${path}`, { headers });
    const part = await get({ range: "bytes=-3" });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 7-9/10", "789"]);
    const beyond = await get({ range: "bytes=10-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */10"]);
    const modified = part.headers.get("last-modified") ?? "";
    expect((await get({ "if-modified-since": modified })).status).toBe(304);
    expect((await get({ "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT" })).status).toBe(200);
    expect((await get({ "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" })).status).toBe(412);
    expect((await get({ range: "bytes=0-1", "if-range": "Thu, 01 Jan 1970 00:00:00 GMT" })).status).toBe(200);
    expect((await get({ range: "bytes=0-1", "if-range": modified })).status).toBe(206);
    await put("empty.txt", "");
    const empty = await get({ range: "bytes=0-" }, "empty.txt");
    expect([empty.status, empty.headers.get("content-length"), await empty.text()]).toEqual([200, "0", ""]);
    expect(await (await get({}, "/proc/self/limits")).text()).toContain("Max open files");
    for (const [path, status] of [
      ["/dev/zero", 400],
      ["/tmp", 400],
      ["nowhere", 404],
      ["~other/x", 400],
      ["range.txt/below", 500],
    ] as const)
      expect([path, (await get({}, path)).status]).toEqual([path, status]);
    await put('odd "name".txt', "x");
    await put("ünïcode 1.txt", "x");
    for (const [path, name] of [
      ["range.txt", "inline; filename=range.txt"],
      ['odd "name".txt', 'inline; filename="odd \\"name\\".txt"'],
      ["ünïcode 1.txt", "inline; filename*=utf-8''%C3%BCn%C3%AFcode%201.txt"],
    ] as const)
      expect((await get({}, encodeURIComponent(path))).headers.get("content-disposition")).toBe(name);
  });

  it("takes forms: several files, no path twice, full texts; never waits for a pipe without a reader", async () => {
    const form = (names: readonly string[]): FormData => {
      const data = new FormData();
      data.append("note", "ignored");
      for (const name of names) data.append("file", new Blob([`in ${name}`]), name);
      return data;
    };
    const two = await raw.request("/files", { method: "POST", body: form(["form/1.txt", "/tmp/2.txt"]) });
    expect(await two.json()).toEqual([
      { path: "/home/user/form/1.txt", name: "1.txt", type: "file" },
      { path: "/tmp/2.txt", name: "2.txt", type: "file" },
    ]);
    const twice = await raw.request("/files", { method: "POST", body: form(["same.txt", "~/same.txt"]) });
    expect([twice.status, (await twice.json()).message]).toEqual([
      400,
      "you cannot upload multiple files to the same path '/home/user/same.txt' in one upload request, only the first specified file was uploaded",
    ]);
    const unknown = await raw.request("/files?path=x&username=nobody-here", { method: "POST", body: form(["x"]) });
    expect([unknown.status, (await unknown.json()).message]).toEqual([
      401,
      "error looking up user 'nobody-here': user: unknown user nobody-here",
    ]);
    const json = await raw.request("/files?path=x", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect([json.status, (await json.json()).message]).toEqual([
      400,
      "unsupported content type: application/json, expected multipart/form-data or application/octet-stream",
    ]);
    await outputOf(raw.sandbox, "mkfifo pipe; ln -s pipe link-to-pipe");
    for (const path of ["pipe", "link-to-pipe"]) {
      expect((await put(path, "x")).status).toBe(400);
      expect((await raw.request(`/files?path=${path}`)).status).toBe(400);
    }
  });

  it("says 507 when the disk is full, and goes on", async () => {
    const answer = await put("/dev/shm/big", "x".repeat(80_000_000));
    expect([answer.status, (await answer.json()).message]).toEqual([
      507,
      "attempted to write 80000000 bytes: not enough disk space available",
    ]);
    await outputOf(raw.sandbox, "rm -f /dev/shm/big");
    expect((await put("/dev/shm/small", "x")).status).toBe(200);
  });

  it("says 507 when the host lets no file grow, and goes on", async () => {
    const user = local.server.label.ids === "multi" ? "root" : "user";
    const limit = async (most: string): Promise<unknown> =>
      raw.sandbox.commands.run(`prlimit --pid "$(pgrep -f '^/opt/e2b/bin/node .*envd.cjs')" --fsize=${most}:`, {
        user,
      });
    await limit("0");
    const answer = await put("over-the-share", "x".repeat(1_000));
    await limit("unlimited");
    expect([answer.status, (await answer.json()).message]).toEqual([
      507,
      "attempted to write 1000 bytes: not enough disk space available",
    ]);
    expect((await put("below-the-share", "x")).status).toBe(200);
  });

  it("composes: in order, sources gone, owner set, nothing lost when a source is missing", async () => {
    const compose = async (body: unknown): Promise<{ status: number; body: unknown }> => {
      const answer = await raw.request("/files/compose", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "content-type": "application/json" },
      });
      return { status: answer.status, body: await answer.json() };
    };
    for (const [name, text] of [
      ["p1", "one,"],
      ["p2", "two,"],
      ["p3", "three"],
    ] as const)
      await put(`parts/${name}`, text);
    expect(
      await compose({ source_paths: ["parts/p1", "parts/p2", "/home/user/parts/p3"], destination: "whole/all.txt" }),
    ).toEqual({
      status: 200,
      body: { path: "/home/user/whole/all.txt", name: "all.txt", type: "file" },
    });
    expect(
      (await outputOf(raw.sandbox, "cat whole/all.txt; ls -A parts whole; stat -c ' %U' whole whole/all.txt")).out,
    ).toBe("one,two,threeparts:\n\nwhole:\nall.txt\n user\n user\n");
    await put("kept", "kept");
    for (const [body, status, message] of [
      [{ source_paths: [], destination: "x" }, 400, "source_paths must not be empty"],
      [{ source_paths: ["kept"] }, 400, "destination is required"],
      [{ source_paths: ["kept", "gone"], destination: "x" }, 404, "source file not found: gone"],
      [{ source_paths: ["kept", "whole"], destination: "x" }, 400, "source path is not a regular file: whole"],
      [
        { source_paths: ["kept"], destination: "/home/user/kept" },
        400,
        'source path "kept" cannot be the same as destination',
      ],
      [
        { source_paths: ["kept"], destination: "x", username: "ghost" },
        401,
        "error looking up user 'ghost': user: unknown user ghost",
      ],
    ] as const)
      expect(await compose(body)).toEqual({ status, body: { code: status, message } });
    expect(await (await raw.request("/files?path=kept")).text()).toBe("kept");
  });
});
