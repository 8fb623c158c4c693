// SIGINT and SIGTERM as one AbortSignal. Its reason is a SwarmError, so that a library that rethrows the reason of an abort
// already throws the fault people are shown.
import { SwarmError } from "../contracts/swarm-error.ts";

export type StopName = "SIGINT" | "SIGTERM";

/** The reason of the abort that a process signal causes: `cancelled`, with the signal's name in its details. */
export function stopReason(name: StopName): SwarmError {
  return new SwarmError("cancelled", `Stopped by ${name} before the work ended`, {
    hint: "Run `e2b-swarm list` to see what is running",
    details: { signal: name },
  });
}

/** 143 after SIGTERM, 130 after SIGINT or any other abort (decision 17). */
export function stopExitCode(signal: AbortSignal): 130 | 143 {
  const reason: unknown = signal.reason;
  return reason instanceof SwarmError && reason.details.signal === "SIGTERM" ? 143 : 130;
}

/** Aborts on the first signal; on the second the process ends at once. */
export function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(name === "SIGTERM" ? 143 : 130);
      stop.abort(stopReason(name));
    });
  }
  return stop.signal;
}
