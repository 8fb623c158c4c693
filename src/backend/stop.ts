// A caller that hangs up ends the work at its next step.
import { SwarmError } from "../contracts/swarm-error.ts";

export function stopIfAborted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new SwarmError("cancelled", `The caller stopped ${what}`);
}
