import { expect, it } from "vitest";
import { readManagerSettings } from "../../src/backend/manager-settings.ts";
import { managerDefaults, managerOff } from "../../src/sandboxes/manager-settings.ts";

const everythingOff = {
  E2B_SWARM_POOL: "0",
  E2B_SWARM_IDLE_MINUTES: "0",
  E2B_SWARM_BATCH: "off",
  E2B_SWARM_TEMPLATE_CACHE: "off",
  E2B_SWARM_RETRIES: "0",
  E2B_SWARM_CREATE_RETRIES: "0",
  E2B_SWARM_BREAKER: "0",
  E2B_SWARM_REQUESTS_PER_SECOND: "0",
  E2B_SWARM_CREATES_PER_SECOND: "0",
};

it("has a default for each switch, and every one can be switched off", () => {
  expect(readManagerSettings({})).toEqual(managerDefaults);
  expect(readManagerSettings({ E2B_SWARM_POOL: "", E2B_SWARM_BATCH: "" })).toEqual(managerDefaults);
  expect(readManagerSettings(everythingOff)).toEqual(managerOff);
});

it("switches one by itself", () => {
  const base = managerOff;
  const { pool, rate, retries } = base;
  const turned = (more: Record<string, string>) => readManagerSettings({ ...everythingOff, ...more });
  expect(turned({ E2B_SWARM_POOL: "5" })).toEqual({ ...base, pool: { ...pool, size: 5 } });
  expect(turned({ E2B_SWARM_POOL: "5", E2B_SWARM_POOL_WARM: "2", E2B_SWARM_POOL_MINUTES: "1.5" }).pool).toEqual({
    ...pool,
    size: 5,
    warm: 2,
    idleSeconds: 90,
  });
  expect(turned({ E2B_SWARM_IDLE_MINUTES: "30" })).toEqual({ ...base, idleSeconds: 1_800 });
  expect(turned({ E2B_SWARM_BATCH: "on" })).toEqual({ ...base, batch: true });
  expect(turned({ E2B_SWARM_TEMPLATE_CACHE: "on" })).toEqual({ ...base, templateCache: true });
  expect(turned({ E2B_SWARM_CREATE_RETRIES: "3" })).toEqual({ ...base, retries: { ...retries, creates: 3 } });
  expect(turned({ E2B_SWARM_CREATES_PER_SECOND: "0.5" })).toEqual({ ...base, rate: { ...rate, creates: 0.5 } });
});

it.each([
  [{ E2B_SWARM_POOL: "-1" }, "E2B_SWARM_POOL"],
  [{ E2B_SWARM_POOL: "1.5" }, "E2B_SWARM_POOL"],
  [{ E2B_SWARM_POOL: "101" }, "E2B_SWARM_POOL"],
  [{ E2B_SWARM_POOL_WARM: "1" }, "E2B_SWARM_POOL_WARM"],
  [{ E2B_SWARM_BATCH: "yes" }, "E2B_SWARM_BATCH"],
  [{ E2B_SWARM_IDLE_MINUTES: "1441" }, "E2B_SWARM_IDLE_MINUTES"],
  [{ E2B_SWARM_RETRIES: "11" }, "E2B_SWARM_RETRIES"],
])("refuses %j by name", (env, field) => {
  expect(() => readManagerSettings(env)).toThrow(
    expect.objectContaining({ code: "usage.invalid", details: { field } }),
  );
});
