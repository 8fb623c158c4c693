// Every sandbox second is metered and priced against a dated list; the sum is recomputed here with plain arithmetic.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/contracts/json.ts";
import { realClock } from "../../src/host/clock.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import { check, faultOf } from "../check.ts";

const heldMs = 700;

check("production.cost", async ({ see, backend, withBudget, elsewhere, listed, keep }) => {
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
  await see("its seconds are those of its five meters", sandboxSeconds.toFixed(3), () => {
    const ids = new Set(swarm.agents.map((agent) => agent.sandboxId));
    const ranNs = backend.meters().reduce((sum, one) => (ids.has(one.sandboxId) ? sum + one.ranNs : sum), 0n);
    return (Number(ranNs) / 1e9).toFixed(3);
  });
  await see("a meter runs from the answer of the creation to the end", "between", async () => {
    const metered = await elsewhere();
    const asked = realClock.monotonicNs();
    const { sandboxes } = await metered.call("createE2bSandbox", { template: "base" });
    const there = realClock.monotonicNs();
    const id = sandboxes[0]?.sandboxId ?? "";
    keep(id);
    await realClock.sleep(heldMs);
    const ending = realClock.monotonicNs();
    await metered.call("terminateE2bSandbox", { sandboxId: id });
    const ended = realClock.monotonicNs();
    const ranNs = metered.meters().find((one) => one.sandboxId === id)?.ranNs ?? -1n;
    return ranNs < ending - there ? "shorter" : ranNs > ended - asked ? "longer" : "between";
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
