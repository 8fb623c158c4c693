// Freeze, thaw, capture and start from an image, for each isolation that works here. A beating process shows what runs.
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { systemRandom } from "../../src/host/random.ts";
import { callAgent } from "../../src/local/agent-call.ts";
import type { Cell } from "../../src/local/isolation/backend.ts";
import { openIsolation, type OpenIsolation } from "../../src/local/isolation/open.ts";
import { noBwrap, runFolders } from "./harness.ts";

let parent = "";
let opened: OpenIsolation | null = null;
let cells: Cell[] = [];

afterEach(async () => {
  await Promise.all(cells.map(async (cell) => cell.kill().then(async () => cell.removed)));
  cells = [];
  await opened?.close();
  opened = null;
  expect(runFolders(parent)).toEqual([]);
  rmSync(parent, { recursive: true, force: true });
});

async function open(isolation: "bwrap" | "none"): Promise<OpenIsolation> {
  parent = mkdtempSync("/tmp/e2bt-");
  chmodSync(parent, 0o711);
  opened = await openIsolation({ isolation, clock: realClock, random: systemRandom, runParent: parent });
  return opened;
}

async function start(from?: { image: string }): Promise<Cell> {
  if (opened === null) throw new Error("open an isolation first");
  const cell = await opened.backend.start(from);
  cells.push(cell);
  return cell;
}

function rootOf(cell: Cell): string {
  if (opened === null) throw new Error("open an isolation first");
  return join(opened.folder.cells, cell.name, "root");
}

function enveloped(message: unknown): Buffer {
  const payload = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(5);
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/** Runs to its end; `user` is root where the cell has one. */
async function run(cell: Cell, command: string): Promise<string> {
  const bytes = enveloped({ process: { cmd: "/bin/bash", args: ["-c", command] }, stdin: false });
  const type = "application/connect+json";
  const answer = await callAgent(cell, { method: "POST", path: "/process.Process/Start", bytes, type }, realClock);
  return [...answer.text.matchAll(/"(?:stdout|stderr)":"([^"]*)"/g)]
    .map((match) => Buffer.from(match[1] ?? "", "base64").toString("utf8"))
    .join("");
}

/** Starts a process outside the command's own session that writes a growing number. */
const beat = (file: string): string =>
  `setsid nohup bash -c 'n=0; while :; do n=$((n+1)); echo $n > ${file}; sleep 0.02; done' >/dev/null 2>&1 &`;

async function beats(file: string): Promise<boolean> {
  const before = readFileSync(file, "utf8");
  await realClock.sleep(300);
  return readFileSync(file, "utf8") !== before;
}

async function waitFor(file: string): Promise<void> {
  for (let n = 0; n < 200 && !(existsSync(file) && readFileSync(file, "utf8") !== ""); n++) await realClock.sleep(20);
}

describe.each(["bwrap", "none"] as const)("cell of isolation %s", (isolation) => {
  const skip = isolation === "bwrap" && noBwrap !== null;

  it.skipIf(skip)("stands still while frozen, goes on where it was, and can be killed frozen", async () => {
    await open(isolation);
    const cell = await start();
    const inside = isolation === "none" ? join(rootOf(cell), "tmp/beat") : "/tmp/beat";
    const file = join(rootOf(cell), "tmp/beat");
    await run(cell, beat(inside));
    await waitFor(file);
    expect(await beats(file)).toBe(true);
    await cell.freeze();
    await cell.freeze();
    expect(await beats(file)).toBe(false);
    await cell.thaw();
    await cell.thaw();
    expect(await beats(file)).toBe(true);
    expect(await run(cell, "echo alive")).toBe("alive\n");
    await cell.freeze();
    await cell.kill();
    await cell.removed;
    expect(existsSync(join(rootOf(cell), ".."))).toBe(false);
    await expect(cell.freeze()).rejects.toThrow("it ended meanwhile");
  });

  it.skipIf(skip)("captures its files, not its processes, and starts others from them", async () => {
    const { folder } = await open(isolation);
    const cell = await start();
    const root = isolation === "none" ? rootOf(cell) : "";
    await run(
      cell,
      `mkdir -p ${root}/home/user/d; echo kept > ${root}/home/user/d/f; ln -s /etc/shadow ${root}/home/user/link`,
    );
    await run(
      cell,
      `ln ${root}/home/user/d/f ${root}/home/user/same; truncate -s 1T ${root}/home/user/holes; mkfifo ${root}/home/user/pipe`,
    );
    // A file nobody may read, and a folder nobody may enter, are files like any other.
    await run(
      cell,
      `echo s > ${root}/home/user/closed; ${isolation === "none" ? "" : `chmod 000 ${root}/home/user/closed; chmod 000 ${root}/home/user/d`}`,
    );
    await run(cell, beat(`${root}/tmp/beat`));
    await waitFor(join(rootOf(cell), "tmp/beat"));
    const image = join(folder.path, "image");
    await cell.capture(image);
    expect(await beats(join(rootOf(cell), "tmp/beat"))).toBe(true);
    expect(lstatSync(join(image, "home/user/link")).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(image, "home/user/holes")).blocks).toBeLessThan(100);
    await expect(cell.capture(image)).rejects.toThrow();
    const [one, two] = await Promise.all([start({ image }), start({ image })]);
    const base = rootOf(one);
    const where = isolation === "none" ? base : "";
    await run(one, `chmod 755 ${where}/home/user/d; chmod 644 ${where}/home/user/closed`);
    expect(await run(one, `cat ${where}/home/user/d/f ${where}/home/user/closed`)).toBe("kept\ns\n");
    expect(
      await run(one, `cd ${where}/home/user; stat -c %h same; stat -c %s holes; readlink link; stat -c %F pipe`),
    ).toBe("2\n1099511627776\n/etc/shadow\nfifo\n");
    expect(await beats(join(base, "tmp/beat"))).toBe(false);
    await run(one, `echo changed > ${where}/home/user/closed`);
    expect(readFileSync(join(rootOf(one), "home/user/closed"), "utf8")).toBe("changed\n");
    expect(lstatSync(join(rootOf(two), "home/user/closed")).size).toBe(2);
  });

  it.skipIf(skip)(
    "capture of a frozen cell leaves it frozen, and fails whole when the cell dies under it",
    async () => {
      const { folder } = await open(isolation);
      const cell = await start();
      const root = isolation === "none" ? rootOf(cell) : "";
      await run(cell, beat(`${root}/tmp/beat`));
      const file = join(rootOf(cell), "tmp/beat");
      await waitFor(file);
      await cell.freeze();
      await cell.capture(join(folder.path, "one"));
      expect(await beats(file)).toBe(false);
      const dying = cell.capture(join(folder.path, "two")).then(
        () => "captured",
        () => "refused",
      );
      await cell.kill();
      expect(await dying).toBe("refused");
      expect(existsSync(join(folder.path, "two"))).toBe(false);
      expect(existsSync(join(folder.path, "one"))).toBe(true);
    },
  );
});

it.skipIf(noBwrap !== null)("gives each start a boot id of its own", async () => {
  await open("bwrap");
  const [one, two] = [await start(), await start()];
  const read = "cat /proc/sys/kernel/random/boot_id";
  const ids = [await run(one, read), await run(two, read), readFileSync("/proc/sys/kernel/random/boot_id", "utf8")];
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/);
});
