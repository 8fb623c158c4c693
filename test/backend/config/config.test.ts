// The config file: where it is looked for, what it may say, which word is stronger, and that none is run for help.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configured } from "../../../src/backend/config/configure.ts";
import { findConfig } from "../../../src/backend/config/find-config.ts";
import { readConfig } from "../../../src/backend/config/read-config.ts";
import { readSettings } from "../../../src/backend/settings.ts";
import { configRows } from "../../../src/contracts/config-keys.ts";
import { isRecord } from "../../../src/contracts/json.ts";
import { jsonSchema } from "../../../src/contracts/parse.ts";
import { defineConfig } from "../../../src/index.ts";

const scratch = mkdtempSync(join(tmpdir(), "swarm-config-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;
const folder = (): string => {
  const made = join(scratch, `f${folders++}`);
  mkdirSync(made);
  return made;
};
function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const json = (text: string): string => write(join(folder(), "e2b-swarm.config.json"), text);

describe("finding", () => {
  it("takes the nearest, from the working folder upward", () => {
    const root = folder();
    const far = write(join(root, "e2b-swarm.config.json"), "{}");
    mkdirSync(join(root, "a/b"), { recursive: true });
    expect(findConfig(join(root, "a/b"), undefined)).toBe(far);
    const near = write(join(root, "a/e2b-swarm.config.ts"), "");
    expect(findConfig(join(root, "a/b"), undefined)).toBe(near);
  });

  it("stops at the root of a repository and at the home, which still count", () => {
    const root = folder();
    write(join(root, "e2b-swarm.config.json"), "{}");
    mkdirSync(join(root, "repo/.git"), { recursive: true });
    mkdirSync(join(root, "home/deep"), { recursive: true });
    expect(findConfig(join(root, "repo"), undefined)).toBeNull();
    expect(findConfig(join(root, "home/deep"), join(root, "home"))).toBeNull();
    const own = write(join(root, "repo/e2b-swarm.config.mjs"), "");
    expect(findConfig(join(root, "repo"), undefined)).toBe(own);
  });

  it("does not choose between two in one folder", () => {
    const root = folder();
    write(join(root, "e2b-swarm.config.json"), "{}");
    write(join(root, "e2b-swarm.config.mjs"), "");
    const sentence = `[usage.config] Cannot choose a config file: ${root} holds e2b-swarm.config.mjs and e2b-swarm.config.json`;
    expect(() => findConfig(root, undefined)).toThrow(sentence);
  });
});

describe("reading", () => {
  const said = { target: "local", pool: { size: 5 }, batch: false };

  it("takes JSON with its schema, a module, and TypeScript, and leaves nothing beside it", async () => {
    expect(await readConfig(json(JSON.stringify({ $schema: "./x.json", ...said })))).toMatchObject(said);
    const root = folder();
    const mjs = write(join(root, "m/e2b-swarm.config.mjs"), `export default ${JSON.stringify(said)};`);
    expect(await readConfig(mjs)).toEqual(said);
    const typed = `interface Own { batch: boolean }\nconst own = { batch: false } satisfies Own;
      export default { target: "local" as const, pool: { size: 5 }, ...own };`;
    expect(await readConfig(write(join(root, "t/e2b-swarm.config.ts"), typed))).toEqual(said);
    expect(readdirSync(join(root, "t"))).toEqual(["e2b-swarm.config.ts"]);
  });

  it.each([
    [
      '{\n  "target": "local",\n  "budgetDayly": 3\n}',
      "3: budgetDayly is not a known key",
      "Did you mean budgetDaily?",
    ],
    ['{\n  "pool": {\n    "sise": 3 }\n}', "3: pool.sise is not a known key", "Did you mean pool.size?"],
    ['{ "zebra": 1 }', "1: zebra is not a known key", "docs/config.md lists the keys"],
    [
      '{\n"target": "moon" }',
      '2: target is "moon" but must be one of local, cloud',
      "docs/config.md says what is accepted",
    ],
    [
      '{\n\n"E2B_API_KEY": "x" }',
      "3: E2B_API_KEY is not a known key",
      "Keys stay out of files: set the variable of the environment",
    ],
    ['{\n"target": local }', "2: it is not JSON", "docs/config.md says what is accepted"],
    ["[]", " it holds no object", "docs/config.md says what is accepted"],
  ])("refuses %j with its line", async (text, why, hint) => {
    const path = json(text);
    await expect(readConfig(path)).rejects.toMatchObject({
      code: "usage.config",
      message: `[usage.config] Cannot use ${path}:${why}`,
      hint,
    });
  });

  it("says what a module threw, and never repeats a value that looks like a secret", async () => {
    const root = folder();
    const throwing = write(join(root, "a/e2b-swarm.config.mjs"), "throw new Error('no database');");
    await expect(readConfig(throwing)).rejects.toMatchObject({
      code: "usage.config",
      message: `[usage.config] Cannot use ${throwing}: it cannot be run: no database`,
    });
    const empty = write(join(root, "b/e2b-swarm.config.mjs"), "export const target = 'local';");
    await expect(readConfig(empty)).rejects.toMatchObject({ message: expect.stringContaining("default export") });
    const keyed = json('{ "apiKey": "e2b_0123456789abcdef" }');
    await expect(readConfig(keyed)).rejects.not.toMatchObject({ message: expect.stringContaining("0123456789") });
  });
});

describe("precedence", () => {
  const at = json(
    '{ "target": "local", "budgetDaily": 2, "state": "data", "local": { "faults": true, "port": 4000 } }',
  );
  const named = { kind: "named", path: at } as const;

  it("a variable is stronger than the file, an empty one is not set, paths start at the file", async () => {
    const env = { E2B_SWARM_TARGET: "cloud", COST_BUDGET_DAILY: "" };
    expect(await configured(named, env, "/")).toEqual({
      path: at,
      variables: {
        E2B_SWARM_STATE: join(dirname(at), "data"),
        COST_BUDGET_DAILY: "2",
        E2B_SWARM_PORT: "4000",
        E2B_SWARM_FAULTS: "on",
      },
    });
  });

  it("a flag is stronger than a variable, and the file than the default", async () => {
    const { variables } = await configured(named, {}, "/");
    expect(readSettings({ isolation: "none" }, { E2B_SWARM_ISOLATION: "gvisor", ...variables }, "/")).toMatchObject({
      isolation: "none",
      budgetMicroUsd: 2_000_000,
      folder: join(dirname(at), "data"),
      port: 4000,
    });
  });

  it("--no-config reads nothing, and a named file must be there", async () => {
    expect(await configured({ kind: "none" }, {}, dirname(at))).toEqual({ path: null, variables: {} });
    await expect(configured({ kind: "named", path: "gone.json" }, {}, scratch)).rejects.toMatchObject({
      code: "usage.config",
      message: "[usage.config] Cannot use gone.json: no file is there",
    });
  });
});

describe("the table of keys", () => {
  const leaves = (schema: unknown, path = ""): string[] => {
    const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {};
    return Object.entries(properties).flatMap(([name, inner]) => {
      const key = path === "" ? name : `${path}.${name}`;
      return isRecord(inner) && isRecord(inner.properties) ? leaves(inner, key) : [key];
    });
  };

  it("has one row for each key of the schema", () => {
    expect(configRows.map(({ key }) => key).sort()).toEqual(
      leaves(jsonSchema("config"))
        .filter((key) => key !== "$schema")
        .sort(),
    );
  });

  it("names variables that are read, and the defaults that hold", () => {
    const settings = (env: Record<string, string>) => readSettings({}, env, "/");
    const bare = settings({});
    const elsewhere = new Set([
      "home",
      "local.faults",
      "local.profile",
      "target",
      "isolation",
      "state",
      "record",
      "domain",
    ]);
    for (const { key, variable, preset } of configRows) {
      if (elsewhere.has(key)) continue;
      const value = preset === "any free one" ? "0" : preset === "true" ? "on" : preset;
      expect(settings({ [variable]: value }), key).toEqual(bare);
      const other = value === "on" ? "off" : String(Number(value) + 1);
      const sized: Record<string, string> = key === "pool.warm" ? { E2B_SWARM_POOL: "9" } : {};
      expect(settings({ ...sized, [variable]: other }), key).not.toEqual(settings(sized));
    }
  });

  it("is what defineConfig takes", () => {
    const config = defineConfig({ target: "local", budgetDaily: 2, pool: { size: 1 } });
    expect(config).toEqual({ target: "local", budgetDaily: 2, pool: { size: 1 } });
    // @ts-expect-error a wrong type does not compile
    defineConfig({ batch: "yes" });
    // @ts-expect-error nor does an unknown key
    defineConfig({ targett: "local" });
  });
});

it("is run by commands that open something, and by no other", () => {
  const root = folder();
  const mark = join(root, "ran");
  write(
    join(root, "e2b-swarm.config.mjs"),
    `import { appendFileSync } from "node:fs"; appendFileSync(${JSON.stringify(mark)}, "x"); export default { target: "local" };`,
  );
  const main = join(import.meta.dirname, "../../../dist/cli/main.js");
  const env = { PATH: process.env.PATH, HOME: root, E2B_SWARM_HOME: root };
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [main, ...words], { cwd: root, env, encoding: "utf8" });
  for (const words of [
    ["--help"],
    ["--version"],
    ["completion", "bash"],
    ["list", "--nonsense"],
    ["list", "--status", "x"],
  ])
    run(...words);
  run("list", "--no-config");
  expect(existsSync(mark)).toBe(false);
  expect(JSON.parse(run("list", "--json").stdout)).toMatchObject({ ok: true, meta: { target: "local" } });
  expect(existsSync(mark)).toBe(true);
  write(join(root, "broken.json"), '{ "targt": 1 }');
  const refused = run("list", "--json", "--config", "broken.json");
  expect([refused.status, JSON.parse(refused.stdout).error]).toMatchObject([
    2,
    { code: "usage.config", hint: "Did you mean target?" },
  ]);
});
