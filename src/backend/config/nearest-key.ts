// The key that was probably meant: the one the fewest letters away, if few enough.
import { configRows } from "../../contracts/config-keys.ts";

const mostEdits = 3;

/** Null when none is near. */
export function nearestKey(given: string): string | null {
  const keys = [...configRows.map(({ key }) => key), "local", "pool"];
  const ranked = keys
    .map((key) => ({ key, edits: Math.min(distance(given, key), distance(given, key.split(".").at(-1) ?? "")) }))
    .toSorted((a, b) => a.edits - b.edits);
  const [best] = ranked;
  const allowed = Math.min(mostEdits, Math.ceil(given.length / 3));
  return best !== undefined && best.edits <= allowed ? best.key : null;
}

/** Letters to insert, remove or change, whatever their case. */
function distance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
