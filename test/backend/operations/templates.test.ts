// Templates on a real local server: deployed with a configuration, scaled, exported with and without data. Needs bubblewrap.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { OpenedBackend } from "../../../src/backend/backend.ts";
import { openBackend } from "../../../src/backend/compose.ts";
import { localTarget, type LocalTarget } from "../../sandboxes/local-target.ts";

const folders = (process.env.PATH ?? "").split(delimiter);
const missing = folders.some((folder) => existsSync(join(folder, "bwrap"))) ? null : "bubblewrap is not installed";
const folder = mkdtempSync(join(tmpdir(), "swarm-templates-"));
let local: LocalTarget | undefined;
let opened: OpenedBackend | undefined;

beforeAll(async () => {
  if (missing !== null) return;
  local = await localTarget();
  opened = await openBackend({ folder, target: "local" }, local.env);
}, 60_000);
const backend = (): OpenedBackend => {
  if (opened === undefined) throw new Error("the server is up");
  return opened;
};
const running = async (): Promise<string[]> =>
  (await backend().call("listE2bSandboxes", { status: "running" })).sandboxes.map(({ sandboxId }) => sandboxId);
afterEach(async () => {
  if (opened === undefined) return;
  for (const sandboxId of await running()) await backend().call("terminateE2bSandbox", { sandboxId, force: true });
});
afterAll(async () => {
  await opened?.close();
  await local?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shell = async (sandboxId: string, command: string): Promise<string> =>
  (await backend().call("executeE2bProcess", { sandboxId, command })).stdout.trim();

it("deploys an object as it was given, in every instance, and scales both ways", async (test) => {
  if (missing !== null) test.skip(missing);
  const configuration = { retries: 3, dryRun: true, nested: { own_key: [1, "two", null], ownKey: {} } };
  const input = { templateName: "node", category: "custom", configuration };
  const deployed = await backend().call("deployE2bTemplate", input);
  expect(deployed).toMatchObject({ category: "custom", status: "running", agentId: null });
  const { deploymentId } = deployed;
  const grown = await backend().call("scaleE2bDeployment", { deploymentId, instanceCount: 3 });
  expect(grown).toMatchObject({ previousInstances: 1, totalInstances: 3, destroyed: [] });
  expect(grown.created).toHaveLength(2);
  expect((await running()).toSorted()).toEqual(grown.instances.map(({ sandboxId }) => sandboxId).toSorted());
  for (const { sandboxId } of grown.instances) {
    expect(JSON.parse(await shell(sandboxId, "cat ~/.swarm/configuration.json"))).toEqual(configuration);
  }
  // One vanishes behind its back: it is not counted.
  await backend().call("terminateE2bSandbox", { sandboxId: deployed.sandboxId });
  const shrunk = await backend().call("scaleE2bDeployment", { deploymentId, instanceCount: 1 });
  expect(shrunk).toMatchObject({ previousInstances: 2, created: [], destroyed: [grown.created[1]] });
  expect(await running()).toEqual([grown.created[0]]);
  const two = [1, 2].map(() => backend().call("scaleE2bDeployment", { deploymentId, instanceCount: 2 }));
  const outcomes = await Promise.allSettled(two);
  expect(await running()).toHaveLength(2);
  const refused = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  for (const reason of refused) expect(reason).toMatchObject({ code: "memory.conflict" });
  await expect(
    backend().call("scaleE2bDeployment", { deploymentId, instanceCount: 2, autoScale: true }),
  ).rejects.toMatchObject({ code: "sandbox.unsupported", details: { field: "autoScale" } });
});

it("starts the agent a trading configuration names, and refuses one that does not exist before anything starts", async (test) => {
  if (missing !== null) test.skip(missing);
  const trading = { templateName: "node", category: "trading" };
  const wrong = { ...trading, configuration: { strategy: "no-such-agent" } };
  await expect(backend().call("deployE2bTemplate", wrong)).rejects.toMatchObject({ code: "usage.invalid" });
  const strange = { ...trading, configuration: { strategy: "momentum", symbols: ["NOSUCH"] } };
  await expect(backend().call("deployE2bTemplate", strange)).rejects.toMatchObject({ code: "market.symbol" });
  expect(await running()).toEqual([]);
  const configuration = { strategy: "momentum", symbols: ["AAPL"], strategyParams: { lookback: 30 } };
  const deployed = await backend().call("deployE2bTemplate", { ...trading, configuration });
  expect(deployed.agentId).toMatch(/^agent_/);
  expect(await backend().call("monitorE2bHealth", {})).toMatchObject({ agents: { total: 1, active: 1 } });
});

it("leaves nothing running when a template does not exist, and knows no deployment it did not make", async (test) => {
  if (missing !== null) test.skip(missing);
  const unknown = { templateName: "no-such-template", category: "ml" };
  await expect(backend().call("deployE2bTemplate", unknown)).rejects.toMatchObject({
    code: "sandbox.template-unknown",
  });
  expect(await running()).toEqual([]);
  const deploymentId = `deployment_${"0".repeat(16)}`;
  await expect(backend().call("scaleE2bDeployment", { deploymentId, instanceCount: 1 })).rejects.toMatchObject({
    code: "deployment.not-found",
  });
});

it("exports a sandbox with its data or without, and either can be deployed again", async (test) => {
  if (missing !== null) test.skip(missing);
  const made = await backend().call("createE2bSandbox", { template: "node" });
  const sandboxId = made.sandboxes[0]?.sandboxId ?? "";
  await shell(sandboxId, "echo secret > ~/notes.txt; mkdir -p ~/.deep && echo x > ~/.deep/y; echo t > /tmp/t");
  const whole = await backend().call("exportE2bTemplate", { sandboxId, templateName: "with-data", includeData: true });
  expect(whole).toMatchObject({ templateName: "with-data", sandboxId, status: "exported", includesData: true });
  const bare = await backend().call("exportE2bTemplate", { sandboxId, templateName: "bare" });
  expect(bare).toMatchObject({ templateName: "bare", includesData: false });
  // The sandbox itself keeps what it has, and the copy it was emptied in is gone.
  expect(await shell(sandboxId, "cat ~/notes.txt")).toBe("secret");
  expect(await running()).toEqual([sandboxId]);
  const look = async (templateName: string): Promise<string> => {
    const deployed = await backend().call("deployE2bTemplate", { templateName, category: "custom" });
    return shell(deployed.sandboxId, "cat ~/notes.txt ~/.deep/y /tmp/t 2>/dev/null || echo none; node -p 1+1");
  };
  expect(await look("with-data")).toMatch(/^secret\nx\n/);
  expect(await look("bare")).toBe("none\n2");
  await expect(
    backend().call("exportE2bTemplate", { sandboxId: "nosuchsandbox", templateName: "x" }),
  ).rejects.toMatchObject({ code: "sandbox.not-found" });
  await expect(backend().call("exportE2bTemplate", { sandboxId, templateName: "node" })).rejects.toMatchObject({
    code: "usage.invalid",
  });
});
