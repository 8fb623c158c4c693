// Reads the shipped latency model. Its digest travels with every report, so that other numbers can never pass for these.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "../contracts/parse.ts";
import type { LatencyModel } from "../contracts/simulation.ts";
import { packageFolder } from "../host/package-folder.ts";

export interface ReadModel {
  readonly model: LatencyModel;
  readonly sha256: string;
}

/** Throws `internal` when the shipped file is malformed. */
export function readModel(path = packageFolder("fixtures", "simulation", "measured-local.json")): ReadModel {
  const bytes = readFileSync(path);
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  return {
    model: parse("simulation.model", value, "internal"),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
