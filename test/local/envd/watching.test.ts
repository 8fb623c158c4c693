import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBwrap, outputOf, startLocal, type Local } from "../harness.ts";
import { openRaw, type Raw } from "./raw.ts";

describe.skipIf(noBwrap !== null)(`polling watchers (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  let raw: Raw;
  beforeAll(async () => {
    local = await startLocal({ spares: 0 });
    raw = await openRaw(local);
  });
  afterAll(async () => local?.server.close());

  const watch = async (path: string, options = {}): Promise<string> => {
    const { body } = await raw.unary("filesystem.Filesystem/CreateWatcher", { path, ...options });
    return body.watcherId;
  };
  const events = async (watcherId: string): Promise<string[]> => {
    const { body } = await raw.unary("filesystem.Filesystem/GetWatcherEvents", { watcherId });
    return body.events.map((event) => `${event.type.slice(11)} ${event.name}`);
  };
  const sh = async (command: string): Promise<void> => {
    const { code, err } = await outputOf(raw.sandbox, command);
    expect([code, err]).toEqual([0, ""]);
  };

  it("tells every event in order, and all that happened before it was asked", async () => {
    await sh("mkdir -p w");
    const id = await watch("w");
    expect(await events(id)).toEqual([]);
    await raw.sandbox.files.write("w/new.txt", "content");
    expect(await events(id)).toEqual(["CREATE new.txt", "CHMOD new.txt", "WRITE new.txt"]);
    await raw.sandbox.files.write("w/new.txt", "other");
    // Emptied and written: the kernel may tell two equal events in a row as one.
    expect([...new Set(await events(id))]).toEqual(["CHMOD new.txt", "WRITE new.txt"]);
    await sh("chmod 600 w/new.txt; mv w/new.txt w/moved.txt; rm w/moved.txt; mkdir w/d; chmod 700 w");
    expect(await events(id)).toEqual([
      "CHMOD new.txt",
      "RENAME new.txt",
      "CREATE moved.txt",
      "REMOVE moved.txt",
      "CREATE d",
      "CHMOD .",
    ]);
    await sh("echo below > w/d/unseen");
    expect(await events(id)).toEqual([]);
    expect((await raw.unary("filesystem.Filesystem/RemoveWatcher", { watcherId: id })).body).toEqual({});
    const gone = await raw.unary("filesystem.Filesystem/GetWatcherEvents", { watcherId: id });
    expect([gone.status, gone.body]).toEqual([404, { code: "not_found", message: `watcher with id ${id} not found` }]);
  });

  it("follows a tree: folders that appear with content, move and go", async () => {
    await sh("mkdir -p tree/old/inner other");
    const id = await watch("tree", { recursive: true });
    await sh("mkdir -p tree/a/b/c; echo x > tree/a/b/c/file");
    const seen = await events(id);
    for (const line of ["CREATE a", "CREATE a/b", "CREATE a/b/c", "CREATE a/b/c/file", "WRITE a/b/c/file"])
      expect(seen.filter((other) => other === line).length).toBeGreaterThanOrEqual(1);
    for (const line of ["CREATE a", "CREATE a/b", "CREATE a/b/c", "CREATE a/b/c/file"])
      expect(seen.filter((other) => other === line)).toHaveLength(1);
    await sh("mv tree/old tree/renamed; touch tree/renamed/inner/deep");
    expect(await events(id)).toEqual([
      "RENAME old",
      "CREATE renamed",
      "CREATE renamed/inner/deep",
      "CHMOD renamed/inner/deep",
    ]);
    await sh("mv tree/renamed other/; sleep 0.3; touch other/renamed/inner/elsewhere; rm -r tree/a");
    const after = await events(id);
    expect(after[0]).toBe("RENAME renamed");
    expect(after.some((line) => line.includes("elsewhere"))).toBe(false);
    expect(after.at(-1)).toBe("REMOVE a");
  });

  it("brings entries along, and two watchers of one folder do not disturb each other", async () => {
    await sh("mkdir -p both");
    const [one, two] = [await watch("both", { includeEntry: true }), await watch("both")];
    await raw.sandbox.files.write("both/f", "12", { metadata: { k: "v" } });
    const { body } = await raw.unary("filesystem.Filesystem/GetWatcherEvents", { watcherId: one });
    expect(body.events[0]).toMatchObject({
      name: "f",
      type: "EVENT_TYPE_CREATE",
      entry: { name: "f", path: "/home/user/both/f", type: "FILE_TYPE_FILE" },
    });
    await raw.unary("filesystem.Filesystem/RemoveWatcher", { watcherId: one });
    await events(two);
    await sh("rm both/f");
    expect(await events(two)).toEqual(["REMOVE f"]);
    for (const [path, status, code] of [
      ["gone", 404, "not_found"],
      ["/etc/passwd", 400, "invalid_argument"],
    ] as const) {
      const answer = await raw.unary("filesystem.Filesystem/CreateWatcher", { path });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
    }
  });
});
