// Images are counted by who needs them; what nobody needs is deleted, and what failed to be made was never there.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createImageStore } from "../../src/local/images/image-store.ts";

let folder = "";
beforeEach(() => void (folder = mkdtempSync("/tmp/e2bt-")));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function fill(to: string): Promise<void> {
  mkdirSync(to);
  writeFileSync(join(to, "file"), "kept");
}

it("keeps an image until its last holder lets go", async () => {
  const store = createImageStore(join(folder, "images"));
  expect(statSync(join(folder, "images")).mode & 0o777).toBe(0o700);
  const image = await store.make(fill);
  store.retain(image);
  store.release(image);
  await store.settled();
  const path = await store.use(image, async (where) => {
    store.release(image);
    await store.settled();
    expect(existsSync(join(where, "file"))).toBe(true);
    return where;
  });
  await store.settled();
  expect(existsSync(path)).toBe(false);
  expect(store.count()).toBe(0);
  expect(() => store.retain(image)).toThrow("an image is only used while somebody holds it");
  expect(() => store.release(image)).toThrow("an image is only used while somebody holds it");
});

it("leaves nothing of an image that could not be made", async () => {
  const store = createImageStore(join(folder, "images"));
  const failing = store.make(async (to) => {
    await fill(to);
    throw new Error("half-way");
  });
  await expect(failing).rejects.toThrow("half-way");
  expect(readdirSync(join(folder, "images"))).toEqual([]);
  expect(store.count()).toBe(0);
});
