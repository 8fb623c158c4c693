// Five agents in five sandboxes at once, ready when they answered; a deployment that cannot be whole leaves nothing.
import { check, faultOf } from "../check.ts";

const templates = ["base", "node", "node", "python", "python"] as const;
const roles = ["market-research", "sentiment", "momentum", "mean-reversion", "coordinator"] as const;

check("production.deploy-five", async ({ see, backend, small, listed, keep }) => {
  const before = await listed();
  const deployed = await Promise.all(
    roles.map((agentType) => backend.call("runE2bAgent", { agentType, symbols: ["AAPL"], asOf: "2017-06-01" })),
  );
  const ids = deployed.map((agent) => agent.sandboxId);
  keep(...ids);
  await see("five different sandboxes", roles.length, () => new Set(ids).size);
  await see("the target lists all five", true, async () => {
    const running = await listed();
    return ids.every((id) => running.includes(id));
  });
  await see("each role answered", [...roles], () => deployed.map((agent) => agent.proposals[0]?.role));
  await see("five different agents", roles.length, () => new Set(deployed.map((agent) => agent.agentId)).size);
  await see("their templates", [...templates].sort(), async () => {
    const { sandboxes } = await backend.call("listE2bSandboxes", { status: "running" });
    return sandboxes
      .filter((row) => ids.includes(row.sandboxId))
      .map((row) => row.template)
      .sort();
  });
  await Promise.all(ids.map((sandboxId) => backend.call("terminateE2bSandbox", { sandboxId })));
  await see("all are gone", before.filter((id) => !ids.includes(id)).length, async () => {
    const running = await listed();
    return running.filter((id) => before.includes(id)).length;
  });
  const limited = await small(3);
  const rest = await listed();
  await see("five sandboxes under a limit of three are refused", "sandbox.quota", () =>
    faultOf(() => limited.call("createE2bSandbox", { count: 5 })),
  );
  await see("the refused deployment was rolled back", rest, listed);
  keep(...(await listed()).filter((id) => !rest.includes(id)));
});
