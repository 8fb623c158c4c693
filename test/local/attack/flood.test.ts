// Using up what the host has: processes, memory, disk. The flooded sandbox may suffer or end; its neighbour and the host do not.
import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import type { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openVenue, settings, type Venue } from "./venue.ts";

const diskMb = 192;
/** The share, the grace above it, and what is written between two looks. */
const mostMb = 2_000;
const wantedMb = 20_000;
/** The disk has other users. */
const slackMb = 4_000;

describe.each(settings)("$backend started by $who (skipped when: $missing)", (setting) => {
  describe.skipIf(setting.missing !== null)("contains", () => {
    let venue: Venue;
    beforeAll(async () => {
      venue = await openVenue(setting, { diskMb });
    });
    afterAll(async () => venue?.close());

    const neighbourWorks = async (): Promise<void> =>
      expect((await venue.two.commands.run("echo fine > ~/f && cat ~/f")).stdout).toBe("fine\n");
    /** Others delete and are deleted meanwhile: what du could not look at does not count. */
    const treesMb = (): number =>
      Number(spawnSync("du", ["-sxm", venue.runParent], { encoding: "utf8" }).stdout.split("\t")[0]);
    const freeMb = (): number => {
      const { bavail, bsize } = statfsSync(venue.runParent);
      return (bavail * bsize) / 1_048_576;
    };

    it("a fork bomb", async () => {
      const victim = await venue.create();
      expect(await venue.attack(victim, ["fork-bomb", "20"])).toEqual({ ok: true, got: 20 });
      const forks = await venue.attack(victim, ["fork-bomb", "3000"]);
      // Where the sandbox survives it says how far it came.
      if (forks.ok) expect(forks.got).toBeLessThan(512);
      await neighbourWorks();
      await victim.kill().catch(() => false);
    });

    it("a memory hog", async () => {
      const victim = await venue.create();
      expect(await venue.attack(victim, ["hog", "20"])).toEqual({ ok: true, got: 20 });
      if (setting.who === "root") expect(await venue.attack(victim, ["hog", "4000"])).toMatchObject({ ok: false });
      await neighbourWorks();
      await victim.kill().catch(() => false);
    });

    const fills = async (how: "kept" | "unlinked"): Promise<Sandbox> => {
      const victim = await venue.create();
      expect(await venue.attack(victim, ["fill", "/tmp/small", "30", how])).toEqual({ ok: true, got: 30 });
      const before = freeMb();
      const verdict = await venue.attack(victim, ["fill", "/tmp/big", String(wantedMb), how]);
      expect(verdict).toMatchObject({ ok: false });
      expect(before - freeMb()).toBeLessThan(mostMb + slackMb);
      expect(treesMb()).toBeLessThan(mostMb);
      await neighbourWorks();
      return victim;
    };

    it("a file that grows without end, and lets the sandbox write again once it is deleted", async () => {
      const victim = await fills("kept");
      // gVisor's kernel cannot be told that a file may not grow: its sandbox is ended.
      if (setting.backend === "gvisor") {
        await expect.poll(async () => victim.isRunning(), { timeout: 20_000 }).toBe(false);
        return;
      }
      expect((await victim.commands.run("rm -f /tmp/big /tmp/small; echo gone")).stdout).toBe("gone\n");
      const write = async (): Promise<string> =>
        (await victim.commands.run("echo again > ~/again; cat ~/again").catch(() => ({ stdout: "" }))).stdout;
      await expect.poll(write, { timeout: 20_000 }).toBe("again\n");
      await victim.kill();
    });

    it("a file without a name that grows without end", async () => {
      const victim = await fills("unlinked");
      await victim.kill().catch(() => false);
    });

    it("a file that grows although it may not", async () => {
      if (setting.backend === "gvisor") return;
      const victim = await venue.create();
      await venue.attack(victim, ["fill", "/tmp/big", String(wantedMb), "unlimited"]);
      await expect.poll(async () => victim.isRunning(), { timeout: 20_000 }).toBe(false);
      expect(treesMb()).toBeLessThan(mostMb);
      await neighbourWorks();
    });

    it("and says how much disk there is", async () => {
      const info = (await (
        await fetch(`${venue.server.url}/sandboxes/${venue.two.sandboxId}`, {
          headers: { "x-api-key": venue.server.apiKey },
        })
      ).json()) as { diskSizeMB: number };
      expect(info.diskSizeMB).toBe(diskMb);
      const [reading] = await venue.two.getMetrics();
      expect(reading?.diskTotal).toBe(diskMb * 1_048_576);
    });
  });
});
