import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";
import { openRaw, type EntryWire, type Raw } from "./raw.ts";

const asUser = { authorization: `Basic ${Buffer.from("user:").toString("base64")}` };

describe.skipIf(noBwrap !== null)(`entries (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let raw: Raw;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    raw = await openRaw(local);
  });
  afterAll(async () => local?.server.close());

  const entry = async (path: string): Promise<EntryWire> =>
    (await raw.unary("filesystem.Filesystem/Stat", { path })).body.entry;

  it("describes entries as envd does, links and modes included", async () => {
    await outputOf(
      raw.sandbox,
      "mkdir -p e/d/deep; echo 12345 > e/f; chmod 6751 e/f; ln -s f e/l; ln -s nowhere e/dangling; ln -s loop2 e/loop1; ln -s loop1 e/loop2; mkfifo -m 600 e/p; chmod 1777 e/d; touch e/d/deep/x",
    );
    const brief = async (path: string): Promise<unknown[]> => {
      const { name, type, size, mode, permissions, owner, symlinkTarget } = await entry(path);
      return [name, type, size, mode, permissions, owner, symlinkTarget];
    };
    expect(await brief("e/f")).toEqual(["f", "FILE_TYPE_FILE", "6", 0o751, "ugrwxr-x--x", "user", undefined]);
    expect(await brief("e/l")).toEqual(["l", "FILE_TYPE_FILE", "1", 0o751, "Lrwxrwxrwx", "user", "/home/user/e/f"]);
    expect(await brief("e/dangling")).toEqual([
      "dangling",
      "FILE_TYPE_UNSPECIFIED",
      "7",
      0,
      "Lrwxrwxrwx",
      "user",
      "/home/user/e/dangling",
    ]);
    expect((await brief("e/d")).slice(0, 5)).toEqual([
      "d",
      "FILE_TYPE_DIRECTORY",
      expect.any(String),
      0o777,
      "dtrwxrwxrwx",
    ]);
    expect((await brief("e/p")).slice(0, 5)).toEqual(["p", "FILE_TYPE_UNSPECIFIED", "0", 0o600, "prw-------"]);
    expect((await entry("/")).name).toBe("/");
    const list = async (path: string, depth: number): Promise<string[]> => {
      const { body } = await raw.unary("filesystem.Filesystem/ListDir", { path, depth });
      return body.entries.map((item) => item.path.slice("/home/user/".length));
    };
    expect(await list("e", 0)).toEqual(["e/d", "e/dangling", "e/f", "e/l", "e/loop1", "e/loop2", "e/p"]);
    expect(await list("e", 3)).toEqual([
      "e/d",
      "e/d/deep",
      "e/d/deep/x",
      "e/dangling",
      "e/f",
      "e/l",
      "e/loop1",
      "e/loop2",
      "e/p",
    ]);
    await outputOf(raw.sandbox, "ln -s e linked");
    expect(await list("linked", 2)).toContain("linked/d/deep");
    const codes: [string, object, number, string][] = [
      ["ListDir", { path: "e/loop1" }, 400, "failed_precondition"],
      ["ListDir", { path: "e/f" }, 400, "invalid_argument"],
      ["ListDir", { path: "gone" }, 404, "not_found"],
      ["Stat", { path: "e/f/below" }, 500, "internal"],
      ["MakeDir", { path: "e" }, 409, "already_exists"],
      ["MakeDir", { path: "e/f" }, 400, "invalid_argument"],
      ["Move", { source: "gone", destination: "made/there" }, 404, "not_found"],
      ["Move", { source: "e/f", destination: "/dev/shm/f" }, 500, "internal"],
      ["Stat", { path: "~ghost/x" }, 400, "invalid_argument"],
      ["Stat", { path: "a\u0000b" }, 400, "invalid_argument"],
    ];
    for (const [method, message, status, code] of codes) {
      const answer = await raw.unary(`filesystem.Filesystem/${method}`, message, asUser);
      expect([method, message, answer.status, answer.body.code]).toEqual([method, message, status, code]);
    }
    const replaced = await raw.unary("filesystem.Filesystem/Move", { source: "e/p", destination: "e/dangling" });
    expect(replaced.body.entry).toMatchObject({ path: "/home/user/e/dangling", permissions: "prw-------" });
    expect((await raw.unary("filesystem.Filesystem/Remove", { path: "linked" })).body).toEqual({});
    expect((await entry("e/f")).name).toBe("f");
  });
});
