// Slows a sandbox by holding it still most of the time: its clocks go on, its deadlines come, its work does not. The user's own
// pause has the last word.
import type { FaultAction } from "../../contracts/fault-plan.ts";
import type { Clock } from "../../host/clock.ts";
import type { LocalSandbox } from "../sandbox-table.ts";
import type { Attempt } from "./book.ts";
import { faultLimits } from "./fault-limits.ts";

type SlowFault = Extract<FaultAction, { kind: "slow" }>;

/** Returns at once; the pulses go on until `forMs` are over, the fault is cleared or the sandbox ends. */
export function slowDown(
  clock: Clock,
  { sandbox, attempt }: { readonly sandbox: LocalSandbox; readonly attempt: Attempt },
  action: SlowFault,
): void {
  const frozenMs = action.frozenMs ?? faultLimits.frozenMs;
  const runningMs = action.runningMs ?? faultLimits.runningMs;
  const untilNs = clock.monotonicNs() + BigInt(action.forMs) * 1_000_000n;
  const over = new AbortController();
  attempt.entry.undo.push(() => over.abort());
  void sandbox.cell.ended.then(() => over.abort());
  const pulse = async (): Promise<void> => {
    while (!over.signal.aborted && clock.monotonicNs() < untilNs) {
      await sandbox.cell.freeze();
      attempt.observe(`stands still for ${frozenMs} ms of every ${frozenMs + runningMs} ms, for ${action.forMs} ms`);
      const leftMs = Number((untilNs - clock.monotonicNs()) / 1_000_000n);
      await clock.sleep(Math.max(0, Math.min(frozenMs, leftMs)), over.signal);
      await sandbox.cell.thaw();
      await clock.sleep(runningMs, over.signal);
    }
  };
  pulse().catch(async (thrown: unknown) => {
    if (!over.signal.aborted) attempt.fail(`it could not be held still: ${String(thrown)}`);
    await sandbox.cell.thaw().catch(() => undefined);
  });
}
