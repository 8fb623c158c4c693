// Sizes of a template on a real server: built once, found afterwards, and looked up as often as the cache permits.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { managerOff } from "../../../src/sandboxes/manager-settings.ts";
import { noBwrap } from "../../local/harness.ts";
import { localTarget, type LocalTarget } from "../local-target.ts";
import { variantKey } from "../../../src/sandboxes/templates/variant.ts";

describe.skipIf(noBwrap !== null)(`variants (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: LocalTarget;
  beforeAll(async () => {
    local = await localTarget();
  });
  afterAll(() => local.close());

  it.each([
    [true, 1],
    [false, 4],
  ])("with the cache %s a variant in use is looked up for %i of four creates", async (templateCache, lookUps) => {
    const manager = local.open({ owner: `variants-${lookUps}`, settings: { ...managerOff, templateCache } });
    const resources = { cpuCount: 2, memoryMb: 768 };
    const make = () => manager.create({ template: "node", resources });
    const made = [await make()];
    const before = manager.counts().sent;
    made.push(await make(), await make(), await make());
    // A create and a look each, and a look-up where it is not remembered.
    expect(manager.counts().sent - before).toBe(6 + (lookUps - 1));
    for (const one of made) expect(one).toMatchObject({ template: "node-2x768", resources });
    expect(manager.leases().map(({ template }) => template)).toEqual(made.map(() => "node-2x768"));
    await manager.close();
  });

  it("builds a variant once for all that ask at the same time, and forgets a failure", async () => {
    const manager = local.open({ owner: "at-once" });
    const resources = { cpuCount: 1, memoryMb: 640 };
    const made = await manager.createMany(3, { template: "base", resources });
    expect(made.map(({ resources: got }) => got)).toEqual([resources, resources, resources]);
    const unknown = { template: "no-such", resources };
    for (let i = 0; i < 2; i++) {
      const before = manager.counts().sent;
      await expect(manager.create(unknown)).rejects.toMatchObject({
        code: expect.stringMatching(/^sandbox\.(template-unknown|unsupported)$/),
      });
      expect(manager.counts().sent).toBeGreaterThan(before);
    }
    await manager.close();
  });
});

it("sandboxes stand in for each other only with equal template, size and variables, in whatever order", () => {
  const wanted = { template: "node", resources: null, envVars: { A: "1", B: "2" } };
  expect(variantKey({ ...wanted, envVars: { B: "2", A: "1" } })).toBe(variantKey(wanted));
  const others = [
    { ...wanted, template: "python" },
    { ...wanted, resources: { cpuCount: 1, memoryMb: 512 } },
    { ...wanted, envVars: { A: "1" } },
    { ...wanted, envVars: { A: "1", B: "3" } },
    { ...wanted, envVars: { A: "1=B", B: "2" } },
  ];
  expect(new Set([wanted, ...others].map(variantKey)).size).toBe(6);
});
