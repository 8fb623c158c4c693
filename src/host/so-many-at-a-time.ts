// Work on many things with a bound on how many are under way; the answers keep the order of the things.

/** Rejects with the first failure; what is under way then is waited for, nothing more is begun. `most`: at least 1. */
export async function soManyAtATime<Item, Made>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Made>,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  // One queue for all lanes.
  const queue = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [at, item] of queue) {
      if (failed) return;
      try {
        made[at] = await work(item);
      } catch (thrown) {
        failed = true;
        throw thrown;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(most, items.length) }, lane));
  for (const one of lanes) if (one.status === "rejected") throw one.reason;
  return made;
}
