// Sandboxes across separate commands, as root and as an ordinary user; nothing of them stays.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { dataOf, groupsNamed, makePlace, runFolderNames, tester } from "./machine.ts";

interface Row {
  readonly sandbox_id: string;
  readonly status: string;
}

describe.skipIf(noBwrap !== null).each([
  ["the user of the tests", null, null],
  ["an ordinary user", tester, tester === null ? "only root can become tester" : null],
] as const)("create, list, status and destroy as %s", (_who, as, unable) => {
  test.skipIf(unable !== null)("work across commands and leave nothing", async () => {
    const place = makePlace(as);
    try {
      const made = await place.cli(["create", "--template", "node", "--count", "3", "--json"]);
      const ids = (dataOf(made).sandboxes as Row[]).map((row) => row.sandbox_id).sort();
      const listed = await place.cli(["list", "--json"]);
      expect((dataOf(listed).sandboxes as Row[]).map((row) => row.sandbox_id).sort()).toEqual(ids);
      const [first = ""] = ids;
      expect(dataOf(await place.cli(["status", first, "--json"]))).toMatchObject({
        sandbox_id: first,
        status: "running",
      });
      expect((await place.cli(["exec", first, "--", "hostname"])).stdout).toBe("e2b.local\n");
      const names = runFolderNames(place.temp);
      expect(names).toHaveLength(1);
      expect(await place.cli(["destroy", ...ids, "--yes"])).toMatchObject({ code: 0 });
      expect((await place.cli(["status", first])).code).toBe(5);
      expect(dataOf(await place.cli(["list", "--json"]))).toEqual({ sandboxes: [], total: 0 });
      expect(await place.cli(["local", "stop"])).toMatchObject({ code: 0 });
      expect(place.left()).toEqual([]);
      expect(groupsNamed(names)).toEqual([]);
      // Its log stays, to be read after its end.
      expect(readdirSync(place.home)).toEqual(["server.log"]);
      expect(readdirSync(join(place.folder, ".swarm"))).not.toContain("cli-state.json.lock");
    } finally {
      await place.remove();
    }
  });
});
