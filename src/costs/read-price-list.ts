// Reads a shipped price list. Its digest travels with every cost, so that a changed price can never pass for the old one.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../contracts/json.ts";
import { SwarmError } from "../contracts/swarm-error.ts";
import { packageFolder } from "../host/package-folder.ts";
import type { PriceList, Prices } from "./price-list.ts";

export const defaultPriceList = "e2b-list";
const names = ["perVcpuHour", "perGibHour", "perSandboxHour", "perCreation", "perCall", "perStorageGbDay"] as const;

/** Ids of the shipped lists, sorted. */
export function listPriceLists(folder = packageFolder("fixtures", "prices")): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json") && name !== "MANIFEST.json")
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

/** Throws `usage.invalid` for an unknown or malformed list. */
export function readPriceList(id = defaultPriceList, folder = packageFolder("fixtures", "prices")): PriceList {
  const known = listPriceLists(folder);
  if (!known.includes(id)) {
    throw new SwarmError("usage.invalid", `No price list is named ${id}: there are ${known.join(", ")}`, {
      hint: "Use one of these names",
      details: { priceList: id },
    });
  }
  const bytes = readFileSync(join(folder, `${id}.json`));
  const value = parsed(bytes.toString("utf8"));
  if (!isList(value) || value.id !== id) {
    throw new SwarmError("usage.invalid", `Cannot use the price list ${id}: a field is missing or no whole number`, {
      hint: "Compare it with e2b-list.json",
      details: { priceList: id },
    });
  }
  return { ...value, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isList(value: unknown): value is Omit<PriceList, "sha256"> {
  return (
    isRecord(value) &&
    ["id", "source", "asOf", "note"].every((name) => typeof value[name] === "string") &&
    value["currency"] === "USD" &&
    isPrices(value["picoUsd"])
  );
}

function isPrices(value: unknown): value is Prices {
  if (!isRecord(value)) return false;
  return names.every((name) => {
    const price = value[name];
    return typeof price === "number" && Number.isSafeInteger(price) && price >= 0;
  });
}
