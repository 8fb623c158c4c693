// Root of a sandbox may take the agent's listening socket and answer in its place. It speaks for its own sandbox only: the
// host reads its answers with bounds, stays well, and can still end it.
import { readFileSync } from "node:fs";
import type { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { descendants } from "../harness.ts";
import { openVenue, settings, type Venue, type Verdict } from "./venue.ts";

const answerMs = 30_000;
/** Of one answer; an endless body is its reader's to end. */
const readBytes = 5_000_000;
const grownKb = 400_000;

describe.each(settings)("$backend started by $who (skipped when: $missing)", (setting) => {
  describe.skipIf(setting.missing !== null)("an impostor behind the agent's socket", () => {
    let venue: Venue;
    beforeAll(async () => {
      venue = await openVenue(setting);
    });
    afterAll(async () => venue?.close());

    const ask = async (victim: Sandbox, path: string, withinMs = answerMs): Promise<Response> =>
      fetch(`${venue.server.url}${path}`, {
        headers: { "e2b-sandbox-id": victim.sandboxId },
        signal: AbortSignal.timeout(withinMs),
      });
    const control = async (victim: Sandbox, method: string, path = ""): Promise<number> => {
      const url = `${venue.server.url}/sandboxes/${victim.sandboxId}${path}`;
      const headers = { "x-api-key": venue.server.apiKey };
      return (await fetch(url, { method, headers, signal: AbortSignal.timeout(answerMs) })).status;
    };
    const read = async (answer: Response): Promise<number> => {
      let total = 0;
      for await (const chunk of answer.body ?? []) {
        total += (chunk as Uint8Array).length;
        if (total > readBytes) break;
      }
      return total;
    };
    const residentKb = (): number =>
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${venue.server.pid}/status`, "utf8"))?.[1]);

    /** Null once the impostor answers; else what the kernel said. */
    const takeOver = async (victim: Sandbox, how: string, user: "root" | "user"): Promise<Verdict | null> => {
      const { got } = await venue.attack(victim, ["agents"], user);
      expect(got, "agents").toHaveLength(1);
      // The agent tells of this command before it is stopped.
      const line = `sleep 1; exec /usr/bin/python3 /tmp/attack.py impostor ${String(got)} ${how}`;
      const handle = await victim.commands.run(line, { background: true, user, timeoutMs: 0 });
      let verdict: Verdict | undefined;
      void handle.wait().then(
        ({ stdout }) => (verdict = JSON.parse(stdout.trim()) as Verdict),
        () => undefined,
      );
      for (let attempt = 0; attempt < 300; attempt++) {
        if (verdict !== undefined) return verdict;
        // The stopped agent still holds the connections that it accepted; each is given up once.
        const answer = await ask(victim, "/in-place", 2_000).catch(() => null);
        if (answer?.headers.get("x-impostor") === "yes") {
          // What this server says of itself it alone says.
          expect(answer.headers.get("x-e2b-local") ?? "").not.toContain("cloud");
          return null;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("the impostor neither failed nor answers");
    };

    it.each(["honest", "headers", "length", "split", "noise", "endless"])(
      "%s",
      async (how) => {
        const before = descendants(venue.server.pid).length;
        const victim = await venue.create();
        if (setting.who === "root") {
          expect(await takeOver(victim, how, "user")).toMatchObject({ ok: false });
        }
        const refused = await takeOver(victim, how, setting.who === "root" ? "root" : "user");
        const kb = residentKb();
        const answer = await ask(victim, "/health");
        const size = await read(answer).catch(() => -1);
        if (refused === null) {
          const expected = { honest: 204, headers: 502, length: 200, split: 502, noise: 502, endless: 200 }[how];
          expect(answer.status).toBe(expected);
          if (how === "endless") expect(size).toBeGreaterThan(readBytes);
        } else {
          expect(refused).toMatchObject({ ok: false });
          expect(answer.status).toBe(204);
        }
        expect(await control(victim, "GET")).toBe(200);
        expect([200, 500]).toContain(await control(victim, "GET", "/metrics"));
        expect(residentKb() - kb).toBeLessThan(grownKb);
        expect((await venue.two.commands.run("echo fine")).stdout).toBe("fine\n");
        expect(await control(victim, "DELETE")).toBe(204);
        await expect.poll(() => descendants(venue.server.pid).length, { timeout: 20_000 }).toBeLessThanOrEqual(before);
      },
      180_000,
    );
  });
});
