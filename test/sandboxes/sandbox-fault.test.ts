// What each answer of a target becomes. The answers come from a real HTTP server through the real SDK.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Target } from "../../src/contracts/target.ts";
import { realClock } from "../../src/host/clock.ts";
import { silentLog } from "../../src/host/log.ts";
import { systemRandom } from "../../src/host/random.ts";
import { connectionTo } from "../../src/sandboxes/connection.ts";
import { openSandboxes, type Sandboxes } from "../../src/sandboxes/open-sandboxes.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function answering(status: number, message: string, headers: Record<string, string> = {}): Promise<Sandboxes> {
  const made = createServer((request, response) => {
    const empty = request.method === "GET" && request.url?.includes("metadata");
    const body = empty ? "[]" : JSON.stringify({ code: status, message });
    response.writeHead(empty ? 200 : status, { "content-type": "application/json", ...headers }).end(body);
  }).listen(0, "127.0.0.1");
  server = made;
  await once(made, "listening");
  return opened(`http://127.0.0.1:${(made.address() as AddressInfo).port}`);
}

function opened(url: string): Sandboxes {
  const target: Target = {
    kind: "local",
    url,
    apiKey: "e2b_0000000000000000000000000000000000000000",
    isolation: "none",
  };
  return openSandboxes({ target, clock: realClock, random: systemRandom, log: silentLog, owner: "tests" });
}

describe("a target's answer becomes a fault", () => {
  it.each([
    [401, "no", "auth.refused"],
    [404, "template 'x' not found", "sandbox.template-unknown"],
    [403, "not yours", "sandbox.template-unknown"],
    [400, "Timeout cannot be greater than 24 hours", "usage.invalid"],
    [429, "you have reached the maximum number of concurrent E2B sandboxes (20).", "sandbox.quota"],
    [429, "Rate limit exceeded", "sandbox.rate-limited"],
    [500, "boom", "sandbox.create-failed"],
    [503, "no capacity", "sandbox.create-failed"],
    [507, "disk", "local.disk-full"],
  ])("create: %i %s -> %s", async (status, message, code) => {
    const sandboxes = await answering(status, message);
    await expect(sandboxes.create()).rejects.toMatchObject({ code });
    expect(sandboxes.leases()).toMatchObject([{ state: { kind: "failed", code } }]);
  });

  it.each([
    [401, "auth.refused"],
    [404, "sandbox.not-found"],
    [429, "sandbox.rate-limited"],
    [500, "target.failed"],
    [501, "sandbox.unsupported"],
  ])("info: %i -> %s", async (status, code) => {
    await expect((await answering(status, "why")).info("i1")).rejects.toMatchObject({ code });
  });

  it("says that a target does not answer, and what it said when it did", async () => {
    await expect(opened("http://127.0.0.1:9").list()).rejects.toMatchObject({ code: "target.unreachable" });
    await expect((await answering(500, "boom")).info("i1")).rejects.toMatchObject({
      message: "[target.failed] Cannot look at i1: 500: boom",
      details: { reason: "500: boom" },
    });
  });

  it("never repeats a key", async () => {
    const sandboxes = await answering(500, "key e2b_0123456789abcdef is bad");
    const thrown = await sandboxes.info("i1").catch((error: Error) => error);
    expect(JSON.stringify(thrown, ["message", "details", "reason"])).not.toContain("0123456789abcdef");
  });
});

describe("the connection", () => {
  it("names every address, so that no variable can redirect it", () => {
    const cloud = connectionTo({ kind: "cloud", apiKey: "k", domain: "e2b.app" });
    expect(cloud.options).toEqual({
      apiKey: "k",
      domain: "e2b.app",
      apiUrl: "https://api.e2b.app",
      sandboxUrl: "https://sandbox.e2b.app",
      debug: false,
    });
    const own = connectionTo({ kind: "cloud", apiKey: "k", domain: "example.test" });
    expect(own.options).not.toHaveProperty("sandboxUrl");
    expect(own.urlOf("i1")).toBe("https://49983-i1.example.test");
  });
});
