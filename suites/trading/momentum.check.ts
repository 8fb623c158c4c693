// An agent inside a sandbox sees prices up to its decision bar and gives the signal that a plain loop gives.
import { check } from "../check.ts";
import { momentumAt, readAapl } from "./series.ts";

const days = ["2014-07-01", "2016-05-02", "2017-06-01"] as const;

check("trading.momentum", async ({ see, backend, create, keep }) => {
  const bars = readAapl();
  const [{ sandboxId }] = await create({ template: "node", timeoutSeconds: 120 });
  const figures: unknown[] = [];
  for (const asOf of days) {
    const i = bars.findIndex((bar) => bar.date === asOf);
    const expected = momentumAt(bars, i);
    const deployed = await backend.call("runE2bAgent", { agentType: "momentum", symbols: ["AAPL"], sandboxId, asOf });
    const [proposal] = deployed.proposals;
    figures.push(proposal?.inputsSha256);
    await see(`${asOf}: momentum of the last year without its last month`, expected.toPrecision(12), () =>
      Number(proposal?.figures.momentum).toPrecision(12),
    );
    await see(`${asOf}: the vote follows its sign`, expected > 0 ? "buy" : "sell", () => proposal?.vote);
  }
  await see("other data, other inputs", days.length, () => new Set(figures).size);
  await see("the agent is a process of that sandbox", true, async () => {
    const { stdout } = await backend.call("executeE2bProcess", { sandboxId, command: "ps -eo args" });
    return /agent-[0-9a-f]+\.mjs/.test(stdout);
  });
  await see("an agent without a sandbox gets one", true, async () => {
    const { sandboxId: own, status } = await backend.call("runE2bAgent", { agentType: "momentum", symbols: ["AAPL"] });
    keep(own);
    return status === "running" && own !== sandboxId;
  });
});
