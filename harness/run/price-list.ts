// The price list a plan names, with the digest of its file.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isRecord } from "../../src/contracts/json.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { packageFolder } from "../../src/host/package-folder.ts";
import type { PriceList } from "../claims/plan.ts";

export function readPriceList(id: string): PriceList {
  const bytes = readFileSync(packageFolder("fixtures/prices", `${id}.json`));
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  invariant(isRecord(value), "a price list is an object");
  const { source, date, nanoUsdPerVcpuSecond, nanoUsdPerGibSecond } = value;
  invariant(Number.isInteger(nanoUsdPerVcpuSecond) && Number.isInteger(nanoUsdPerGibSecond), "prices are whole nano-dollars");
  return {
    id,
    url: String(source),
    date: String(date),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    nanoUsdPerVcpuSecond: Number(nanoUsdPerVcpuSecond),
    nanoUsdPerGibSecond: Number(nanoUsdPerGibSecond),
  };
}
