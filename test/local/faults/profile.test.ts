// The limits of E2B's plans, met through the unmodified SDK.
import { afterEach, describe, expect, it } from "vitest";
import { createRate } from "../../../src/local/faults/create-rate.ts";
import { simulatedClock } from "../../../src/host/clock.ts";
import { noBwrap, startLocal, type Local } from "../harness.ts";
import { thrownBy } from "./sdk-errors.ts";

describe("the pace of creates", () => {
  it("lets so many through in any second and tells the others when to come back", async () => {
    const clock = simulatedClock();
    const rate = createRate(2, clock);
    expect(rate()).toBe(null);
    await clock.advance(600);
    expect(rate()).toBe(null);
    expect(rate()).toEqual({
      status: 429,
      body: { code: 429, message: "Rate limit exceeded" },
      headers: {
        "retry-after": "1",
        "ratelimit-limit": "2",
        "ratelimit-remaining": "0",
        "ratelimit-reset": "1",
      },
    });
    await clock.advance(400);
    expect([rate() === null, rate() === null]).toEqual([true, false]);
    await clock.advance(1_000);
    expect([rate() === null, rate() === null, rate() === null]).toEqual([true, true, false]);
  });
});

describe.skipIf(noBwrap !== null)(`profiles (skipped when: ${noBwrap ?? "never"})`, () => {
  let local: Local;
  afterEach(async () => local.server.close());

  it("hobby: one create per second, which the SDK waits for; an hour of life; nothing else is paced", async () => {
    local = await startLocal({ profile: "hobby" });
    const made = await Promise.all([1, 2, 3].map(async () => local.sdk.Sandbox.create("base")));
    expect(new Set(made.map(({ sandboxId }) => sandboxId)).size).toBe(3);
    const impatient = await fetch(`${local.server.url}/v2/sandboxes`, {
      method: "POST",
      headers: { "x-api-key": local.server.apiKey, "content-type": "application/json" },
      body: JSON.stringify({ templateID: "base" }),
    });
    expect([impatient.status, impatient.headers.get("retry-after"), await impatient.json()]).toEqual([
      429,
      "1",
      { code: 429, message: "Rate limit exceeded" },
    ]);
    const [first] = made;
    await first?.setTimeout(3_600_000);
    expect(await thrownBy(first?.setTimeout(3_601_000) ?? Promise.resolve())).toEqual([
      "SandboxError",
      "400: Timeout cannot be greater than 1 hours",
    ]);
    expect((await thrownBy(local.sdk.Sandbox.create("base", { timeoutMs: 3_601_000 })))[1]).toBe(
      "400: Timeout cannot be greater than 1 hours",
    );
  });

  it("pro: five creates per second; no profile: as many as come", async () => {
    local = await startLocal({ profile: "pro", spares: 0 });
    const once = { retries: 0, timeoutMs: 60_000 };
    const names = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async () => (await thrownBy(local.sdk.Sandbox.create("no", once)))[1]),
    );
    const unknown = "404: template 'no' not found";
    expect(names.sort()).toEqual(
      [
        unknown,
        unknown,
        unknown,
        unknown,
        unknown,
        "Rate limit exceeded, please try again later - Rate limit exceeded",
      ].sort(),
    );
    await local.server.close();
    local = await startLocal({ spares: 0 });
    const free = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map(async () => (await thrownBy(local.sdk.Sandbox.create("no", once)))[1]),
    );
    expect(new Set(free)).toEqual(new Set([unknown]));
  });

  it("a quota that is said wins over the profile's, and its refusal is not retried", async () => {
    local = await startLocal({ profile: "hobby", spares: 0, maxSandboxes: 1 });
    await local.sdk.Sandbox.create("base");
    expect(await thrownBy(local.sdk.Sandbox.create("base"))).toEqual([
      "RateLimitError",
      expect.stringContaining("you have reached the maximum number of concurrent E2B sandboxes (1)."),
    ]);
  });
});
