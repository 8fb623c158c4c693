// A promise with a limit that leaves no timer behind: a forgotten one would keep the whole process alive.
import type { Cancel, Clock } from "../../host/clock.ts";

/** True when `promise` settled within `ms`. Its rejection counts as settled. */
export async function within(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  let cancel: Cancel = () => undefined;
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(ms, () => resolve(false));
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    cancel();
  }
}
