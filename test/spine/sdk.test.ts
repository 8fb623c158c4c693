// The unmodified SDK with the variables that `local env` prints: the example as it stands, and what two sandboxes see.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AuthenticationError, Sandbox } from "e2b/dist/index.mjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBwrap } from "../local/harness.ts";
import { makePlace, root } from "./machine.ts";

describe.skipIf(noBwrap !== null)("the SDK on the local server", () => {
  const place = makePlace();
  let variables: Record<string, string> = {};

  beforeAll(async () => {
    const { stdout } = await place.cli(["local", "env", "--dotenv"]);
    variables = Object.fromEntries(
      stdout
        .trim()
        .split("\n")
        .map((line) => line.split("=", 2)),
    );
  });
  afterAll(() => place.remove());

  test("examples/sdk-local.mjs asserts its own story", () => {
    const ran = spawnSync(process.execPath, [join(root, "examples/sdk-local.mjs")], {
      env: { ...place.env, ...variables },
      encoding: "utf8",
    });
    expect([ran.status, ran.stdout]).toEqual([0, "net odds 3250, decimal odds 1000, sandbox gone\n"]);
  });

  test("a sandbox sees itself and nothing else; a wrong key is refused", async () => {
    const options = { apiUrl: variables.E2B_API_URL, sandboxUrl: variables.E2B_SANDBOX_URL } as const;
    const to = { ...options, apiKey: variables.E2B_API_KEY };
    const secret = join(place.folder, "host-secret");
    writeFileSync(secret, "host");
    const [one, two] = await Promise.all([Sandbox.create(to), Sandbox.create(to)]);
    await two.files.write("/tmp/neighbour", "two");
    await two.commands.run("sleep 60", { background: true });
    const out = async (command: string): Promise<string> => (await one.commands.run(command)).stdout.trim();
    expect({
      host: await out(`cat ${secret} 2>/dev/null || echo hidden`),
      neighbour: await out("cat /tmp/neighbour 2>/dev/null || echo hidden"),
      sleeping: await out("ps -eo args | grep -c '[s]leep 60' || true"),
      network: await out("(echo > /dev/tcp/1.1.1.1/53) 2>/dev/null && echo on || echo off"),
      interfaces: await out("awk -F: 'NR>2{print $1}' /proc/net/dev | xargs"),
    }).toEqual({ host: "hidden", neighbour: "hidden", sleeping: "0", network: "off", interfaces: "lo" });
    await Promise.all([one.kill(), two.kill()]);
    const refused = await Sandbox.create({ ...options, apiKey: `e2b_${"0".repeat(40)}` }).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(AuthenticationError);
    expect(await place.cli(["local", "stop"])).toMatchObject({ code: 0 });
    expect(place.left()).toEqual([]);
  });
});
