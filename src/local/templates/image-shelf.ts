// Images by name, counted by who still needs them: layers of the cache and finished builds may share one. The last who lets
// go deletes it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../isolation/backend.ts";
import { removeFolder } from "../isolation/remove-folder.ts";

export interface ImageShelf {
  /** Copies the cell's tree; the caller holds the image until it releases it. */
  capture(cell: Cell): Promise<string>;
  retain(image: string): void;
  release(image: string): Promise<void>;
  /** Host folder a cell can start from. */
  path(image: string): string;
}

export function createImageShelf(folder: string): ImageShelf {
  mkdirSync(folder, { mode: 0o700 });
  const holders = new Map<string, number>();
  let made = 0;
  return {
    async capture(cell) {
      const image = String(made++);
      await cell.capture(join(folder, image));
      holders.set(image, 1);
      return image;
    },
    retain: (image) => void holders.set(image, (holders.get(image) ?? 0) + 1),
    async release(image) {
      const left = (holders.get(image) ?? 0) - 1;
      holders.set(image, left);
      if (left > 0) return;
      holders.delete(image);
      await removeFolder(join(folder, image));
    },
    path: (image) => join(folder, image),
  };
}
