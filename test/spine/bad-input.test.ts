// What a person can get wrong, typed at the built command: a typed error with a hint, the documented exit code, nothing started.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { makePlace, tester } from "./machine.ts";

const key = "e2b_0badc0de0badc0de";

describe("bad input", () => {
  const place = makePlace();
  afterAll(() => place.remove());

  test.skipIf(noBwrap !== null).each([
    ["create --template nope", 5, "sandbox.template-unknown", {}],
    ["create --count 0", 2, "usage.invalid", {}],
    ["create --count 10000", 2, "usage.invalid", {}],
    ["create --count abc", 2, "usage.invalid", {}],
    ["status iaaaaaaaaaaaaaaaaaaaa", 5, "sandbox.not-found", {}],
    ["backtest --strategy sma_cross --symbols NOPE --start 2015-01-01", 5, "market.symbol", {}],
    ["backtest --strategy sma_cross --symbols AAPL --start 1950-01-01 --end 1951-01-01", 5, "market.range", {}],
    ["create --target cloud", 4, "auth.missing", {}],
    ["create --target cloud", 1, "target.unreachable", { E2B_API_KEY: key, E2B_DOMAIN: "e2b.invalid" }],
    ["verify nowhere", 5, "evidence.missing", {}],
    ["local start", 2, "usage.invalid", { E2B_SWARM_PORT: "70000" }],
  ] as const)("%s: exit code %d, %s", async (words, code, fault, env) => {
    const ended = await place.cli([...words.split(" "), "--json"], { env });
    const { ok, error } = JSON.parse(ended.stdout);
    expect([ended.code, ok, error.code]).toEqual([code, false, fault]);
    expect(error.hint.length).toBeGreaterThan(10);
    expect(`${ended.stdout}${ended.stderr}`).not.toContain(key);
  });

  test.skipIf(noBwrap !== null)("a port that is taken, then a server of another isolation", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const address = other.address();
    const env = { E2B_SWARM_PORT: String(typeof address === "object" ? address?.port : 0) };
    await place.cli(["local", "stop"]);
    const taken = await place.cli(["local", "start"], { env });
    expect([taken.code, taken.stderr.includes("[local.port]")]).toEqual([1, true]);
    other.close();
    expect(await place.cli(["local", "start"], { env })).toMatchObject({ code: 0 });
    const mixed = await place.cli(["create", "--isolation", "none"], { env });
    expect([mixed.code, mixed.stderr.includes("[local.version]")]).toEqual([1, true]);
    expect(mixed.stderr).toContain("hint  Stop it first: e2b-swarm local stop");
    await place.cli(["local", "stop"]);
    expect(place.left()).toEqual([]);
  });
});

describe("a state that cannot be used", () => {
  const place = makePlace();
  const path = join(place.folder, ".swarm/cli-state.json");
  afterAll(() => place.remove());

  test.each([
    ["state.corrupt", '{"version":1,"sand'],
    ["state.newer", '{"version":99,"sandboxes":[],"agents":[],"more":1}'],
  ])("%s is named and kept byte for byte", async (code, text) => {
    mkdirSync(join(place.folder, ".swarm"), { recursive: true });
    writeFileSync(path, text);
    for (const words of [["list"], ["create"], ["destroy", "iaaaaaaaaaaaaaaaaaaaa", "--yes"]]) {
      const ended = await place.cli(words);
      expect([words[0], ended.code, ended.stderr.includes(`[${code}] Cannot use ${path}`)]).toEqual([
        words[0],
        1,
        true,
      ]);
    }
    expect(readFileSync(path, "utf8")).toBe(text);
    expect(place.left()).toEqual([]);
  });
});

describe.skipIf(tester === null)("an ordinary user in a folder of somebody else", () => {
  const place = makePlace(tester);
  afterAll(() => place.remove());

  test.each([["create"], ["validate --no-bench"], ["execute --strategy reference"], ["deploy --agent momentum"]])(
    "%s: state.unwritable, and nothing is started",
    async (words) => {
      const folder = join(place.folder, "../foreign");
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
      const ended = await place.cli(words.split(" "), { folder });
      expect([ended.code, ended.stderr.includes("[state.unwritable]")]).toEqual([1, true]);
      expect(ended.stderr).toContain("E2B_SWARM_STATE");
      expect(place.left()).toEqual([]);
    },
  );
});
