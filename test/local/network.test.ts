// The way out of a sandbox, towards a listener on an address of this very machine: reachable when the rules allow it,
// unreachable when they do not. Nothing here needs the internet.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { networkInterfaces } from "node:os";
import type { AddressInfo } from "node:net";
import { Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nftScript, parseNetworkRules } from "../../src/local/isolation/network-rules.ts";
import { identify } from "../../src/host/process-identity.ts";
import { descendants, noBwrap, outputOf, startLocal, type Local } from "./harness.ts";

const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find((one) => !one.internal && one.family === "IPv4" && !one.address.startsWith("169.254."))?.address;
const missing =
  noBwrap ?? lacks("slirp4netns") ?? lacks("nft") ?? (address === undefined ? "no address but loopback" : null);

function lacks(program: string): string | null {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return `${program} is not installed`;
  }
}

describe.skipIf(missing !== null)(`network of a sandbox (skipped when: ${missing ?? "never"})`, () => {
  let local: Local;
  let port: number;
  let before: readonly number[];
  const server = createServer((_, response) => response.end("reached"));
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", () => resolve()));
    before = descendants(process.pid);
    port = (server.address() as AddressInfo).port;
    local = await startLocal({ spares: 0 });
  });
  afterAll(async () => {
    await local?.server.close();
    server.close();
    // All but the `ps` that counts.
    const stayed = descendants(process.pid).filter((pid) => !before.includes(pid) && identify(pid) !== null);
    expect(stayed).toEqual([]);
  });

  const create = async (network: object, more: object = {}): Promise<Sandbox> =>
    Sandbox.create("base", { ...local.options, ...more, network });
  const reach = async (sandbox: Sandbox, host = address): Promise<string> =>
    (
      await outputOf(
        sandbox,
        `/usr/bin/python3 -c 'import urllib.request as u; print(u.build_opener(u.ProxyHandler({})).open("http://${host}:${port}", timeout=3).read().decode())' 2>/dev/null || echo no`,
      )
    ).out.trim();

  it("is off unless asked for", async () => {
    expect(local.server.label.network).toBe("rules");
    const sandbox = await Sandbox.create("base", local.options);
    expect(await reach(sandbox)).toBe("no");
    const closed = await create({ denyOut: ["0.0.0.0/0"] });
    expect(await reach(closed)).toBe("no");
  });

  it("lets through what is allowed, and never the host's loopback, link-local or metadata addresses", async () => {
    const sandbox = await create({ denyOut: ["203.0.113.0/24"] });
    expect(await reach(sandbox)).toBe("reached");
    for (const host of ["127.0.0.1", "10.0.2.2", "169.254.169.254"])
      expect(await reach(sandbox, host), host).toBe("no");
    // The sandbox's own loopback is its own.
    const inside = `/usr/bin/python3 -m http.server 8000 --bind 127.0.0.1 >/dev/null 2>&1 & sleep 1; /usr/bin/python3 -c 'import urllib.request as u; print(u.urlopen("http://127.0.0.1:8000").status)'; kill %1`;
    expect((await outputOf(sandbox, inside)).out).toBe("200\n");
  });

  it("obeys deny, and allow beats deny", async () => {
    expect(await reach(await create({ denyOut: [`${address}/32`] }))).toBe("no");
    expect(await reach(await create({ denyOut: ["0.0.0.0/0"], allowOut: [`${address}`] }))).toBe("reached");
    expect(await reach(await create({ denyOut: ["0.0.0.0/0"], allowOut: ["203.0.113.7"] }))).toBe("no");
  });

  it("follows new rules while the sandbox runs", async () => {
    const sandbox = await create({ denyOut: ["203.0.113.0/24"] });
    expect(await reach(sandbox)).toBe("reached");
    await sandbox.updateNetwork({ denyOut: [`${address}`] });
    expect(await reach(sandbox)).toBe("no");
    await sandbox.updateNetwork({});
    expect(await reach(sandbox)).toBe("reached");
    await sandbox.updateNetwork({ denyOut: ["0.0.0.0/0"] });
    expect(await reach(sandbox)).toBe("no");
    await sandbox.updateNetwork({ denyOut: ["0.0.0.0/0"], allowOut: [`${address}/31`] });
    expect(await reach(sandbox)).toBe("reached");
  });

  it("cannot be changed from inside, not even by root with packets of its own", async () => {
    const sandbox = await create({ denyOut: [`${address}/32`] });
    const user = local.server.label.ids === "multi" ? "root" : "user";
    const tries = [
      "PATH=/usr/sbin:$PATH nft flush ruleset",
      "PATH=/usr/sbin:$PATH ip link set tap0 down",
      "/usr/bin/python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'",
    ];
    for (const command of tries) {
      const result = await sandbox.commands.run(command, { user }).catch((error: { exitCode: number }) => error);
      expect(result.exitCode, command).not.toBe(0);
    }
    expect(await reach(sandbox)).toBe("no");
  });

  it("leaves nothing behind", async () => {
    const wires = (): number =>
      execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.includes("slirp4netns") && line.includes(` ${process.pid} `)).length;
    const before = wires();
    const sandbox = await create({ denyOut: ["203.0.113.0/24"] });
    expect(wires()).toBe(before + 1);
    await sandbox.kill();
    await expect.poll(wires, { timeout: 5_000 }).toBe(before);
  });

  it("refuses by name what it cannot do", async () => {
    await expect(create({ denyOut: ["0.0.0.0/0"], allowOut: ["example.com"] })).rejects.toThrow(
      "domains in network.allowOut ('example.com')",
    );
    await expect(create({ egressProxy: { address: "10.0.0.1:1080" } })).rejects.toThrow("network.egressProxy");
    await expect(create({ allowOut: ["2001:db8::1"] })).rejects.toThrow("IPv6");
  });
});

describe("rules", () => {
  it("are parsed from the API's words", () => {
    expect(parseNetworkRules({ allowOut: ["1.1.1.1"], denyOut: ["0.0.0.0/0", "10.0.0.0/8", "::/0"] })).toEqual({
      others: "deny",
      allowOut: ["1.1.1.1"],
      denyOut: ["10.0.0.0/8"],
    });
    expect(parseNetworkRules({ denyOut: ["example.com"] })).toBe(
      "network.denyOut takes IP addresses and CIDR ranges, not 'example.com'",
    );
    expect(parseNetworkRules({ allowOut: ["1.1.1.1/33"] })).toContain("1.1.1.1/33");
  });

  it("become one table without overlapping ranges", () => {
    const script = nftScript({
      others: "allow",
      allowOut: ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "8.8.8.8"],
      denyOut: [],
    });
    expect(script).toContain("ip daddr { 10.0.0.0-10.255.255.255, 8.8.8.8 } accept");
    expect(script).toContain("policy accept");
  });
});
