// Every public result of other engines agrees, file by file; and each kind of comparison can say no.
import { mkdtempSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { checkReference, compareFile } from "../../../bench/reference/check-reference.ts";
import { openDataSets } from "../../../bench/reference/data-sets.ts";
import { readJson, type Json } from "../../../bench/reference/read-json.ts";
import { packageFolder } from "../../../src/host/package-folder.ts";

const folder = packageFolder("fixtures", "reference");
const data = openDataSets();
const folders: string[] = [];
afterEach(() => {
  for (const one of folders.splice(0)) rmSync(one, { recursive: true, force: true });
});

test("all thirteen public files agree", () => {
  const results = checkReference(folder, data);
  expect(results.map(({ file, outcome }) => [file, outcome])).toEqual([
    ["backtests/aaplobs_sma_10_20_c20bp.json", "agrees"],
    ["backtests/aaplobs_rsi14_longonly_c0.json", "agrees"],
    ["backtests/aaplobs_boll20_2_c20bp.json", "agrees"],
    ["backtests/aaplobs_mom_12_1_c0.json", "agrees"],
    ["backtests/aaplobs_macd_12_26_9_c20bp.json", "agrees"],
    ["backtests/sp500vega_sma_10_20_c0.json", "agrees"],
    ["backtests/sp500vega_mom_12_1_c20bp.json", "agrees"],
    ["pairs/pairs_aapl_sp500_ols_c20bp.json", "agrees"],
    ["pairs/pairs_aapl_sp500_ratio_c0.json", "agrees"],
    ["indicators/AAPL_observable.json", "agrees"],
    ["portfolio/betting.json", "agrees"],
    ["portfolio/cointegration.json", "agrees"],
    ["portfolio/portfolio.json", "agrees"],
  ]);
});

type Editable = Record<string, unknown>;

const changed = (file: string, edit: (json: Editable) => void): Json => {
  const json: Editable = structuredClone(readJson(join(folder, file)));
  edit(json);
  return json;
};

test.each([
  ["a trade's price by a hundredth of a cent", "backtests/aaplobs_mom_12_1_c0.json", "trades.0.3", 1e-4],
  ["a statistic", "backtests/aaplobs_mom_12_1_c0.json", "stats.sqn", 1e-6],
  ["a cost of half a basis point", "backtests/aaplobs_sma_10_20_c20bp.json", "config.commission", 5e-5],
  ["a bar of a signal", "pairs/pairs_aapl_sp500_ratio_c0.json", "signals.3.0", 1],
  ["a leg's profit", "pairs/pairs_aapl_sp500_ols_c20bp.json", "closedLegs.5.4", 1e-5],
  ["an indicator", "indicators/AAPL_observable.json", "rows.40.4", 1e-8],
  ["a weight", "portfolio/portfolio.json", "portfolio.riskParity.2", 1e-9],
  ["a stake", "portfolio/portfolio.json", "kellySimultaneousTwoBets.1.f.0", 1e-5],
  ["a probability", "portfolio/betting.json", "devig.1.shin.0", 1e-8],
  ["a p-value", "portfolio/cointegration.json", "adf.7.pvalue", 1e-5],
  ["an eigenvector", "portfolio/cointegration.json", "johansen.0.evec.1.0", 1e-3],
] as const)("planted: %s is noticed", (_what, file, path, by) => {
  const json = changed(file, (root) => {
    const steps = path.split(".");
    const last = steps.pop()!;
    const parent = steps.reduce<Editable>((at, step) => at[step] as Editable, root);
    parent[last] = Number(parent[last]) + by;
  });
  expect(compareFile(json, data).differences.length).toBeGreaterThan(0);
});

test("an altered file and a data set that is not there are no agreement", () => {
  const copy = mkdtempSync(join(tmpdir(), "e2b-swarm-reference-"));
  folders.push(copy);
  cpSync(folder, copy, { recursive: true });
  const path = join(copy, "backtests/aaplobs_mom_12_1_c0.json");
  writeFileSync(path, JSON.stringify(readJson(path)));
  const [altered] = checkReference(copy, data).filter(({ file }) => file.includes("mom_12_1_c0"));
  expect(altered).toMatchObject({ outcome: "differs" });
  const foreign = changed("backtests/aaplobs_mom_12_1_c0.json", (json) => {
    (json["data"] as Editable)["set"] = "MSFT_somewhere";
  });
  expect(() => compareFile(foreign, data)).toThrow("No installed series is the reference set MSFT_somewhere");
});
