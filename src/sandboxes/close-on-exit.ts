// Signals and a quiet end: what this process took is given back before it goes. A crash is covered by the sandboxes' own
// deadlines and by `releaseOrphans` of the next process.
import type { Clock } from "../host/clock.ts";

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
/** Longest wait for the cleanup before the process ends all the same, ms. */
const patienceMs = 20_000;

/** Installs the handlers; returns what removes them. A second signal ends the process at once. */
export function closeOnExit(close: () => Promise<void>, clock: Clock): () => void {
  let leaving = false;
  const leave = (code: number): void => {
    if (leaving) process.exit(code);
    leaving = true;
    clock.after(patienceMs, () => process.exit(code), { unref: true });
    close().then(
      () => process.exit(code),
      () => process.exit(code),
    );
  };
  const onInterrupt = (): void => leave(codes.SIGINT);
  const onTerminate = (): void => leave(codes.SIGTERM);
  const onHangUp = (): void => leave(codes.SIGHUP);
  const onIdle = (): void => void close().catch(() => undefined);
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate).on("SIGHUP", onHangUp).once("beforeExit", onIdle);
  return () => {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate).off("SIGHUP", onHangUp).off("beforeExit", onIdle);
  };
}
