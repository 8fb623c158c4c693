// What the environment may say, and where the record lies by it.
import { expect, test } from "vitest";
import { realClock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import { seededRandom } from "../../src/host/random.ts";
import { openParts } from "../../src/backend/parts.ts";
import { readSettings } from "../../src/backend/settings.ts";

const settingsOf = (env: Record<string, string>) => readSettings({ target: "local" }, env, "/nowhere");

test("the record is a file of the folder unless a PostgreSQL server is named", () => {
  expect(settingsOf({}).recordUrl).toBe(null);
  expect(settingsOf({ E2B_SWARM_RECORD: "" }).recordUrl).toBe(null);
  const url = "postgresql://someone@127.0.0.1:5432/swarm";
  expect(settingsOf({ E2B_SWARM_RECORD: url }).recordUrl).toBe(url);
});

test("a record that is no PostgreSQL address is refused without being repeated", () => {
  const refused = () => settingsOf({ E2B_SWARM_RECORD: "mysql://root:secret-word@db" });
  expect(refused).toThrow("[usage.invalid] Cannot use E2B_SWARM_RECORD: it does not begin with postgres://");
  expect(refused).not.toThrow("secret-word");
});

test("a server that is not there is said to be unavailable, and nothing falls back to a file", async () => {
  const settings = settingsOf({ E2B_SWARM_RECORD: "postgres://someone:secret-word@127.0.0.1:1/swarm" });
  const findTarget = async () => null;
  const parts = openParts({ settings, clock: realClock, random: seededRandom(1), log: silentLog, env: {}, findTarget });
  const thrown: unknown = await parts.store().catch((fault: unknown) => fault);
  expect(thrown).toMatchObject({ code: "memory.unavailable" });
  expect(String(thrown) + JSON.stringify(thrown)).not.toContain("secret-word");
  await parts.close();
});
