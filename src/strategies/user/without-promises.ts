// Code that makes no promise: what one does would come after its decision, and one that is rejected would end this process. Both
// are found while the code runs: every promise that is made meanwhile is handled at once and counted.
import { promiseHooks } from "node:v8";

const nothing = (): void => undefined;

/** What `run`, which is synchronous, returns or throws; an Error when it made a promise and did not throw. */
export function withoutPromises<Found>(run: () => Found): Found {
  let [made, isHandling] = [0, false];
  const stop = promiseHooks.onInit((promise) => {
    // Handling one makes another, of ours.
    if (isHandling) return;
    isHandling = true;
    made += 1;
    handle(promise);
    isHandling = false;
  });
  let found: Found;
  try {
    found = run();
  } finally {
    stop();
  }
  if (made > 0) throw new Error("it makes a promise, and a strategy decides at once");
  return found;
}

/** With our own constructor for that moment, so that none of theirs is called from here. */
function handle(promise: Promise<unknown>): void {
  Reflect.defineProperty(promise, "constructor", { value: Promise, configurable: true });
  void Promise.prototype.then.call(promise, nothing, nothing);
  Reflect.deleteProperty(promise, "constructor");
}
