// Every sandbox second is metered and priced against a dated list; the sum is recomputed here with plain arithmetic.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { realClock } from "../../src/host/clock.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { check, faultOf } from "../check.ts";

check("production.cost", async ({ see, backend, withBudget, listed, keep }) => {
  const list = readList("e2b-list.json");
  await see(
    "the price list is dated and sourced",
    true,
    () => /^\d{4}-\d{2}-\d{2}$/.test(String(list.asOf)) && String(list.source).length > 10,
  );
  const begin = realClock.monotonicNs();
  const swarm = await backend.call("executeSwarmStrategy", { symbols: ["AAPL"], asOf: "2017-06-01" });
  const wallSeconds = Number(realClock.monotonicNs() - begin) / 1e9;
  const { totalMicroUsd, sandboxSeconds, priceList } = swarm.cost;
  await see("the list is named", "e2b-list", () => priceList);
  await see(
    "five sandboxes were metered while they ran",
    true,
    () => sandboxSeconds > 0 && sandboxSeconds <= wallSeconds * swarm.agents.length,
  );
  await see("seconds times the list is the sum, to a micro-dollar per sandbox", true, () => {
    const perSecond = 14 + 4.5 / 2;
    return Math.abs(totalMicroUsd - sandboxSeconds * perSecond) <= swarm.agents.length && totalMicroUsd > 0;
  });
  const broke = await withBudget(0);
  const before = await listed();
  await see("a budget of nothing refuses to start", "budget.exceeded", () =>
    faultOf(() => broke.call("createE2bSandbox", {})),
  );
  await see("and starts nothing", before, listed);
  keep(...(await listed()).filter((id) => !before.includes(id)));
  await see("the swarm left no sandbox", [], async () => {
    const running = await listed();
    return swarm.agents.filter((agent) => running.includes(agent.sandboxId)).map((agent) => agent.sandboxId);
  });
});

function readList(name: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(readFileSync(join(packageFolder(), "fixtures/prices", name), "utf8"));
  return isRecord(value) ? value : {};
}
