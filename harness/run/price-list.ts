// The price list a plan names. Hourly prices become whole nano-dollars per second; a list that has no exact one is refused.
import { readPriceList as readList } from "../../src/costs/read-price-list.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import type { PriceList } from "../claims/plan.ts";

const picoHourPerNanoSecond = 3_600_000;

export function readPriceList(id: string): PriceList {
  const { source, asOf, sha256, picoUsd } = readList(id);
  const nanoUsdPerVcpuSecond = picoUsd.perVcpuHour / picoHourPerNanoSecond;
  const nanoUsdPerGibSecond = picoUsd.perGibHour / picoHourPerNanoSecond;
  invariant(
    Number.isInteger(nanoUsdPerVcpuSecond) && Number.isInteger(nanoUsdPerGibSecond),
    `the prices of ${id} are whole nano-dollars per second`,
  );
  return { id, url: source, date: asOf, sha256, nanoUsdPerVcpuSecond, nanoUsdPerGibSecond };
}
