// What the orchestrator is asked to do: one JSON argument from the operation `validate`.
import { isRecord } from "../../src/contracts/json.ts";
import { invariant } from "../../src/contracts/invariant.ts";
import { parse } from "../../src/contracts/parse.ts";
import type { Isolation, TargetKind } from "../../src/contracts/target.ts";
import { checks, layers, type Layer } from "../claims/checks.ts";

export interface RunRequest {
  readonly target: TargetKind;
  readonly isolation: Isolation;
  /** The working folder; `out` lies below it unless absolute. */
  readonly folder: string;
  readonly out: string;
  readonly layers: readonly Layer[];
  readonly bench: boolean;
  /** Only these checks, and only the bench's shared schedule; the run is then incomplete. Null: all of the layers. */
  readonly checks: readonly string[] | null;
}

export function readRequest(text: string): RunRequest {
  const value: unknown = JSON.parse(text);
  invariant(isRecord(value), "the request is an object");
  const { target, isolation, folder, checks: only = null, ...input } = value;
  const { layers: wanted = layers, out = "reports", bench = true } = parse("validate.input", input);
  invariant(target === "local" || target === "cloud", "the request names a target");
  invariant(isolation === "bwrap" || isolation === "gvisor" || isolation === "none", "the request names an isolation");
  invariant(typeof folder === "string", "the request names a folder");
  return { target, isolation, folder, out, layers: wanted, bench, checks: only === null ? null : known(only) };
}

/** No door offers this selection: it is for the harness's checks of its own checks. */
function known(only: unknown): readonly string[] {
  invariant(Array.isArray(only), "the checks are a list");
  return only.map((id: unknown) => {
    invariant(
      checks.some((row) => row.id === id),
      "each selected check is a named one",
    );
    return String(id);
  });
}
