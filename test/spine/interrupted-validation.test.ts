// A validation whose command is killed, interrupted or started twice: nothing keeps running, and the bundle says how far it came.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { groupsNamed, makePlace, runFolderNames, untilItSays, type Place } from "./machine.ts";

const words = ["validate", "--no-bench", "--layers", "backend"];

describe.skipIf(noBwrap !== null)("an unfinished validation", () => {
  let place: Place;
  beforeEach(() => {
    place = makePlace();
  });
  afterEach(() => place.remove());

  const bundle = (): string => {
    const [name = "none"] = readdirSync(join(place.folder, "reports")).filter((entry) => entry.startsWith("run_"));
    return join("reports", name);
  };

  test.each([
    ["before its plan is signed", "run run_"],
    ["while a check runs", "held    backend.execute"],
  ])("killed with -9 %s", async (_when, said) => {
    const { child, ended } = place.start(words);
    await untilItSays(child, said);
    child.kill("SIGKILL");
    await ended;
    const names = runFolderNames(place.temp);
    expect(await place.cli(["local", "stop"])).toMatchObject({ code: 0 });
    expect(place.left()).toEqual([]);
    expect(groupsNamed(names)).toEqual([]);
    const signed = existsSync(join(place.folder, bundle(), "evidence/plan.json"));
    expect((await place.cli(["verify", bundle()])).code).toBe(signed ? 6 : 5);
  });

  test("a second one is refused at once; SIGINT ends the first with 130 and a whole bundle", async () => {
    const { child, ended } = place.start(words);
    await untilItSays(child, "suite backend");
    const second = await place.cli(words);
    expect([second.code, second.stderr.includes("hint  Wait for it to end")]).toEqual([1, true]);
    expect(second.stderr).toContain("[run.busy]");
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(await place.cli(["verify", bundle()])).toMatchObject({ code: 6 });
    expect(existsSync(join(place.folder, bundle(), "report.html"))).toBe(true);
    expect(JSON.parse((await place.cli(["list", "--json"])).stdout).data.total).toBe(0);
    await place.cli(["local", "stop"]);
    expect(place.left()).toEqual([]);
  });
});
