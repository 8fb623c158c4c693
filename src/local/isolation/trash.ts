// Deletes the folders of ended cells, one process for all that came together: starting `rm` costs the server more than the
// few files of a cell do.
import { removeFolder, removeTogether } from "./remove-folder.ts";

export interface Trash {
  /** Resolves when it is deleted, or could not be; the next sweep tries again then. */
  remove(path: string): Promise<void>;
}

/** Longest command line this makes; what exceeds it goes next. */
const maxAtOnce = 200;

interface Entry {
  readonly path: string;
  readonly done: () => void;
}

export function createTrash(): Trash {
  const waiting: Entry[] = [];
  let running = false;
  const empty = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const entries = waiting.splice(0, maxAtOnce);
      if (!(await removeTogether(entries.map(({ path }) => path)))) {
        for (const { path } of entries) await removeFolder(path);
      }
      for (const { done } of entries) done();
    }
    running = false;
  };
  return {
    remove: async (path) =>
      new Promise((resolve) => {
        waiting.push({ path, done: resolve });
        if (!running) void empty();
      }),
  };
}
