// Fills add up to positions and cash to the cent, a replayed fill changes nothing, and what was acknowledged survives the
// death of the agent that caused it. The sums are made here from the fills, not with the ledger that is judged.
import { openLedger, valueOf } from "../../src/portfolio/ledger.ts";
import { bookFill } from "../../src/portfolio/book-fill.ts";
import { restoreLedger, snapshotOf } from "../../src/portfolio/snapshot.ts";
import { openSqliteStore } from "../../src/memory/sqlite-store.ts";
import { microUsd } from "../../src/contracts/money.ts";
import { realClock } from "../../src/host/clock.ts";
import { check, faultOf } from "../check.ts";
import { readAapl } from "./series.ts";

const capital = microUsd(100_000);

check("trading.portfolio", async ({ see, backend, create, folder }) => {
  const bars = readAapl().slice(-40);
  const ledger = openLedger(capital);
  const fills = bars.slice(0, 30).map((bar, i) => ({
    fillId: `fill-${i}`,
    symbol: "AAPL",
    side: i % 3 === 2 ? ("sell" as const) : ("buy" as const),
    quantity: (i % 7) + 1,
    priceMicroUsd: microUsd(bar.open),
    feeMicroUsd: microUsd(0.02),
  }));
  for (const fill of fills) bookFill(ledger, fill);
  const close = microUsd(bars.at(-1)?.close ?? 0);
  const signed = (fill: (typeof fills)[number]): number => (fill.side === "buy" ? fill.quantity : -fill.quantity);
  const units = fills.reduce((sum, fill) => sum + signed(fill), 0);
  const cash = fills.reduce((sum, fill) => sum - signed(fill) * fill.priceMicroUsd - fill.feeMicroUsd, capital);
  const expected = { cashMicroUsd: cash, positionsMicroUsd: units * close, equityMicroUsd: cash + units * close };
  await see("cash, positions and equity are the sum of the fills", expected, () => valueOf(ledger, { AAPL: close }));
  await see("a replayed fill is a duplicate", "duplicate", () => bookFill(ledger, fills[4] ?? fail()));
  await see("and changes nothing", expected, () => valueOf(ledger, { AAPL: close }));
  await see("an id reused with another content is refused", "usage.invalid", () =>
    faultOf(async () => bookFill(ledger, { ...(fills[4] ?? fail()), quantity: 99 })),
  );
  const path = `${folder}/portfolio.sqlite`;
  const store = await openSqliteStore({ path, clock: realClock });
  await store.put("portfolio", "ledger", snapshotOf(ledger), { writer: "suite", ttlSeconds: null });
  await store.close();

  const [{ sandboxId }] = await create({ template: "node" });
  await backend.call("runE2bAgent", { agentType: "momentum", symbols: ["AAPL"], sandboxId });
  await backend.call("terminateE2bSandbox", { sandboxId });
  const again = await openSqliteStore({ path, clock: realClock });
  const entry = await again.get("portfolio", "ledger");
  await again.close();
  await see("after the agent's death the stored ledger restores to the same values", expected, () =>
    valueOf(restoreLedger(entry?.value), { AAPL: close }),
  );
  await see("a snapshot whose cash was changed is refused", "portfolio.unbalanced", () =>
    faultOf(async () => restoreLedger({ ...snapshotOf(ledger), cashMicroUsd: cash + 1 })),
  );
  const swarm = await backend.call("executeSwarmStrategy", { symbols: ["AAPL"], asOf: "2014-06-02" });
  const { cashMicroUsd, positionsMicroUsd, equityMicroUsd } = swarm.portfolio;
  await see("the swarm's own book adds up", equityMicroUsd, () => cashMicroUsd + positionsMicroUsd);
  await see("what it paid is what its fill says", capital, () => {
    const { fill } = swarm.decisions[0] ?? {};
    return fill === null || fill === undefined
      ? cashMicroUsd
      : cashMicroUsd + fill.quantity * fill.priceMicroUsd + fill.feeMicroUsd;
  });
});

function fail(): never {
  throw new Error("Invariant broken: the list of fills is long enough");
}
