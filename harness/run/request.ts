// What the orchestrator is asked to do: one JSON argument from the operation `validate`.
import { isRecord } from "../../src/contracts/json.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { parse } from "../../src/contracts/parse.ts";
import type { Isolation, TargetKind } from "../../src/contracts/target.ts";
import { layers, type Layer } from "../claims/checks.ts";

export interface RunRequest {
  readonly target: TargetKind;
  readonly isolation: Isolation;
  /** The working folder; `out` lies below it unless absolute. */
  readonly folder: string;
  readonly out: string;
  readonly layers: readonly Layer[];
  readonly bench: boolean;
}

export function readRequest(text: string): RunRequest {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the request is an object");
  const { target, isolation, folder, ...input } = value;
  const { layers: wanted = layers, out = "reports", bench = true } = parse("validate.input", input);
  invariant(target === "local" || target === "cloud", "the request names a target");
  invariant(isolation === "bwrap" || isolation === "gvisor" || isolation === "none", "the request names an isolation");
  invariant(typeof folder === "string", "the request names a folder");
  return { target, isolation, folder, out, layers: wanted, bench };
}
