// What can go is collected before memory is looked at. Not before a time is taken: that would give pages and compiled code back too.
import { runInNewContext } from "node:vm";
import { setFlagsFromString } from "node:v8";

let collect: unknown;

/** Twice: the memory of columns is given back by the collection after the one that found them. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc");
  }
  if (typeof collect !== "function") return;
  collect();
  collect();
}
