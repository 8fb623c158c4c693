// What a fault may touch.
import type { Clock } from "../../host/clock.ts";
import type { IsolationLabel } from "../isolation/backend.ts";
import type { SandboxTable } from "../sandbox-table.ts";
import type { OpenCalls } from "./open-calls.ts";

export interface FaultContext {
  readonly table: SandboxTable;
  readonly label: IsolationLabel;
  readonly clock: Clock;
  readonly open: OpenCalls;
}
