// What the agents of a live swarm cost, modelled: the time of those that are there, at list price. Agents that have gone leave
// no time in the record.
import { priceOf } from "../../costs/price-of.ts";
import { readPriceList } from "../../costs/read-price-list.ts";
import { defaultSize } from "../budget.ts";
import type { Glance } from "./live-swarm.ts";

export interface SwarmCost {
  readonly priceList: string;
  readonly sandboxSeconds: number;
  readonly totalMicroUsd: number;
  readonly perHourMicroUsd: number;
}

const hourMs = 3_600_000;

export function costOf({ nowMs, agents }: Pick<Glance, "nowMs" | "agents">): SwarmCost {
  const price = (rans: readonly number[]) =>
    priceOf(
      rans.map((ranMs, i) => ({ ...defaultSize, sandboxId: `${i}`, ranNs: BigInt(Math.max(0, ranMs)) * 1_000_000n })),
      readPriceList(),
    );
  const { priceList, sandboxSeconds, totalMicroUsd } = price(
    agents.map(({ deployedAt }) => nowMs - Date.parse(deployedAt)),
  );
  return { priceList, sandboxSeconds, totalMicroUsd, perHourMicroUsd: price(agents.map(() => hourMs)).totalMicroUsd };
}
