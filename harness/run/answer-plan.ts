// What a run would take, as the operation `planValidation` answers it, and on request the signed plan that shards have in common.
import { join, resolve } from "node:path";
import { formatUsd } from "../../src/contracts/money.ts";
import { priceOf } from "../../src/costs/price-of.ts";
import { listPriceLists, readPriceList as readWholeList } from "../../src/costs/read-price-list.ts";
import { readingsOf, scenarios } from "../../src/costs/scenarios.ts";
import type { Clock } from "../../src/host/clock.ts";
import { makeId } from "../../src/host/ids.ts";
import { systemRandom } from "../../src/host/random.ts";
import { registerPlan } from "../evidence/plan.ts";
import { openSigner } from "../evidence/sign.ts";
import { estimateRun } from "./estimate-run.ts";
import { planRun } from "./plan-run.ts";
import { readPriceList } from "./price-list.ts";
import { scenarioSize } from "./record-scenarios.ts";
import type { PlanRequest } from "./request.ts";

/** Between shards of different machines nothing can be measured beforehand: twice the usual time is planned. */
const unknownMachine = 2;

export function answerPlan(request: PlanRequest, clock: Clock, keys: string): object {
  const { profile, target, budgetMicroUsd } = request;
  const prices = readPriceList("e2b-list");
  const { claims, ...total } = estimateRun({ profile, target, attempt: 1, prices, budgetMicroUsd });
  const withinBudget = target === "local" || total.microUsd <= budgetMicroUsd;
  return {
    profile: profile.name,
    target,
    claims: claims.map(({ seconds, ...claim }) => ({ ...claim, minutes: minutesOf(seconds) })),
    total: {
      samples: total.samples,
      minutes: minutesOf(total.seconds),
      sandboxSeconds: total.sandboxSeconds,
      microUsd: total.microUsd,
    },
    budgetMicroUsd,
    withinBudget,
    priceList: { id: prices.id, source: prices.url, asOf: prices.date, sha256: prices.sha256 },
    scenarios: scenarioCosts(budgetMicroUsd),
    assumptions: assumptions(request),
    signed: request.parts === null ? null : writePlan(request, request.parts, clock, keys),
  };
}

/** Whole tenths, rounded up. */
function minutesOf(seconds: number): number {
  return Math.ceil(seconds / 6) / 10;
}

function scenarioCosts(budgetMicroUsd: number): readonly object[] {
  return listPriceLists().flatMap((id) => {
    const list = readWholeList(id);
    return scenarios.map((scenario) => {
      const microUsd = priceOf(readingsOf(scenario, scenarioSize), list).totalMicroUsd;
      return { name: scenario.name, priceList: id, microUsd, withinBudget: microUsd <= budgetMicroUsd };
    });
  });
}

function assumptions({ profile, target, budgetMicroUsd }: PlanRequest): readonly string[] {
  const size = `${scenarioSize.cpuCount} vCPU and ${scenarioSize.memoryMb} MiB a sandbox`;
  return [
    "Numbers of samples are fixed; minutes and dollars are modelled from the time one sample usually takes",
    `Prices are for ${size}; storage, the plan's monthly fee and taxes are not in them`,
    target === "local"
      ? "Local seconds cost nothing; the amount is what the same seconds would cost at the list"
      : `A run is stopped when its meters pass ${formatUsd(budgetMicroUsd)}; above it a run begins only with --confirm-cost`,
    `Arrivals every ${profile.arrivalMs[target]} ms${target === "local" ? ", or slower where this machine cannot keep that" : ""}`,
    "Correlated answers are worth less: sampling then goes on, within the profile's time",
  ];
}

function writePlan(request: PlanRequest, parts: number, clock: Clock, keys: string): object {
  const folder = resolve(request.folder, request.out);
  const { profile, target, budgetMicroUsd } = request;
  const facts = {
    run: makeId("run", systemRandom),
    createdAtMs: clock.nowMs(),
    originNs: clock.monotonicNs(),
    attempt: 1,
    priceList: readPriceList("e2b-list"),
    arrivalMs: profile.arrivalMs[target] * (target === "local" ? unknownMachine : 1),
    budgetMicroUsd,
  };
  const plan = planRun(request, facts, parts);
  const { run, planSha256 } = registerPlan(folder, plan, openSigner(join(keys, "signing-key.pem")));
  return { runId: run, folder, planSha256, shards: plan.parts ?? [] };
}
